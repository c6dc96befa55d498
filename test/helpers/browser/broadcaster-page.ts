import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";

/** How a test sees the broadcaster's page: by what a person sees in it. */
export class BroadcasterPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get state(): Locator {
    return this.page.locator("#state");
  }

  get pod(): Locator {
    return this.page.locator("#pod");
  }

  get revision(): Locator {
    return this.page.locator("#revision");
  }

  row(id: string): Locator {
    return this.page.locator(`tr[data-id="${id}"]`);
  }

  field(label: "ID" | "Value" | "Token"): Locator {
    return this.page.getByLabel(label, { exact: true });
  }

  get send(): Locator {
    return this.page.getByRole("button", { name: "Send" });
  }

  get outcome(): Locator {
    return this.page.locator("#update-outcome");
  }

  /** Resolves when the page says that it is in this state. */
  async untilState(state: string): Promise<void> {
    await this.state.getByText(state, { exact: true }).waitFor();
  }

  /** What each row says, in the order of the table, with the colour that a person sees. */
  rows(): Promise<ShownRow[]> {
    return this.page.locator("tbody tr").evaluateAll(readRows);
  }

  /** The value of each row that has one. */
  async values(): Promise<Record<string, string>> {
    const shown = (await this.rows()).filter(({ value }) => value !== "–");
    return Object.fromEntries(shown.map(({ id, value }) => [id, value]));
  }
}

/** A row as it is shown. */
export interface ShownRow {
  readonly id: string;
  readonly value: string;
  readonly level: string;
  readonly colour: "plain" | "yellow" | "red";
}

/** Opens a page of its own browser profile, so that pages share nothing but the service. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<BroadcasterPage> {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  await page.goto(url);
  return new BroadcasterPage(page);
}

/** Runs in the page, so it can use nothing from outside. */
function readRows(rows: Element[]): ShownRow[] {
  const colourOf = (row: Element): ShownRow["colour"] => {
    const [red = 0, green = 0, blue = 0, alpha = 1] =
      getComputedStyle(row)
        .backgroundColor.match(/[\d.]+/g)
        ?.map(Number) ?? [];
    if (alpha === 0 || Math.max(red, green, blue) - Math.min(red, green, blue) < 10) return "plain";
    const closerToBlue = Math.abs(green - blue) < Math.abs(red - green);
    if (red < green || red < blue) throw new Error(`a row is neither yellow nor red: ${red} ${green} ${blue}`);
    return closerToBlue ? "red" : "yellow";
  };
  return rows.map((row) => ({
    id: row.querySelector("th")?.textContent ?? "",
    value: row.querySelector(".value")?.firstChild?.textContent ?? "",
    level: row.querySelector(".level")?.textContent ?? "",
    colour: colourOf(row),
  }));
}
