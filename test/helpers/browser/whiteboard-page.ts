import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";

/** A place on the board, in shares of its width and height. */
export type Place = readonly [x: number, y: number];

/** A smooth line from one place to another that no other line looks like: `bend` says how far it swings. */
export function curve([x0, y0]: Place, [x1, y1]: Place, bend = 0.1, steps = 12): Place[] {
  return Array.from({ length: steps + 1 }, (_, index) => {
    const share = index / steps;
    const swing = bend * Math.sin(share * 2 * Math.PI);
    return [x0 + (x1 - x0) * share, y0 + (y1 - y0) * share + swing] as const;
  });
}

/** How a test sees and uses the whiteboard's page: by what a person sees in it and does with it. */
export class WhiteboardPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get paper(): Locator {
    return this.page.locator("#paper");
  }

  get stage(): Locator {
    return this.page.locator("#stage");
  }

  get connection(): Locator {
    return this.page.locator("#connection");
  }

  get save(): Locator {
    return this.page.locator("#save");
  }

  get reason(): Locator {
    return this.page.locator("#reason");
  }

  /** A button or another control of the page, by the name that a screen reader says. */
  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  async untilConnection(state: string): Promise<void> {
    await this.connection.getByText(state, { exact: true }).waitFor();
  }

  async untilSave(state: string): Promise<void> {
    await this.save.getByText(state, { exact: true }).waitFor({ state: "attached" });
  }

  /** How many strokes the board says it has. */
  async strokes(): Promise<number> {
    const label = (await this.stage.getAttribute("aria-label")) ?? "";
    return Number(/, (\d+) strokes?$/.exec(label)?.[1] ?? Number.NaN);
  }

  async zoom(): Promise<string> {
    return (await this.page.locator("#zoom-percent").textContent()) ?? "";
  }

  /** Where a place of the board is in the window, in CSS pixels. */
  async pixel(place: Place): Promise<{ x: number; y: number }> {
    const [pixel = { x: 0, y: 0 }] = await this.pixels([place]);
    return pixel;
  }

  async pixels(places: readonly Place[]): Promise<{ x: number; y: number }[]> {
    const box = await this.paper.boundingBox();
    if (!box) throw new Error("the page shows no paper");
    return places.map(([x, y]) => ({ x: box.x + box.width * x, y: box.y + box.height * y }));
  }

  /** Draws a line with the mouse, and leaves the board. */
  async draw(places: readonly Place[]): Promise<void> {
    await this.press(places);
    await this.page.mouse.up();
    await this.leave();
  }

  /** Draws a line with the mouse, and keeps the button down. */
  async press([first, ...rest]: readonly Place[]): Promise<void> {
    if (!first) throw new Error("a line has a first place");
    const start = await this.pixel(first);
    await this.page.mouse.move(start.x, start.y);
    await this.page.mouse.down();
    await this.moveAlong(rest);
  }

  async moveAlong(places: readonly Place[]): Promise<void> {
    for (const { x, y } of await this.pixels(places)) await this.page.mouse.move(x, y);
  }

  /** Takes the pointer off the board, so that others see no cursor. */
  async leave(): Promise<void> {
    await this.page.mouse.move(1, 1);
  }

  /** What a person sees of the board, as a PNG. */
  picture(): Promise<Buffer> {
    return this.paper.screenshot({ animations: "disabled" });
  }
}

/**
 * Opens a page of its own browser profile, so that pages share nothing but the service, and waits until its connection
 * is `Live`, or what else it should be. `path` is that of a board.
 */
export async function openBoardPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions & {
    readonly path?: string;
    readonly name?: string;
    readonly connection?: string;
  } = {},
): Promise<WhiteboardPage> {
  const { path = "/", name, connection = "Live", ...contextOptions } = options;
  const context = await browser.newContext({ reducedMotion: "reduce", ...contextOptions });
  if (name) await context.addInitScript((text) => localStorage.setItem("crosspod-name", text), name);
  const page = await context.newPage();
  await page.goto(new URL(path, url).href);
  const opened = new WhiteboardPage(page);
  await opened.untilConnection(connection);
  return opened;
}
