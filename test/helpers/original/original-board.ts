import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { whiteboardPageDirectory } from "../board/running-whiteboard.ts";
import type { Place } from "../browser/whiteboard-page.ts";

const originalFiles = fileURLToPath(new URL("./original-board/", import.meta.url));

/** The whiteboard's page, and the original's stand-in at `/original.html`. Disposing of it removes the directory. */
export async function pagesWithOriginal(): Promise<AsyncDisposable & { readonly pageDirectory: string }> {
  const pageDirectory = await mkdtemp(join(tmpdir(), "crosspod-original-"));
  await cp(whiteboardPageDirectory, pageDirectory, { recursive: true });
  await cp(originalFiles, pageDirectory, { recursive: true });
  return { pageDirectory, [Symbol.asyncDispose]: () => rm(pageDirectory, { recursive: true }) };
}

/** How a test sees and uses the original example's page. */
export class OriginalBoardPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async draw(places: readonly Place[]): Promise<void> {
    const { width, height } = this.page.viewportSize() ?? { width: 0, height: 0 };
    for (const [index, [x, y]] of places.entries()) {
      await this.page.mouse.move(x * width, y * height);
      if (index === 0) await this.page.mouse.down();
    }
    await this.page.mouse.up();
  }

  picture(): Promise<Buffer> {
    return this.page.locator("canvas").screenshot();
  }
}

/** Opens the original example's page of a whiteboard that serves {@link pagesWithOriginal}. */
export async function openOriginalBoard(browser: Browser, url: string): Promise<OriginalBoardPage> {
  const context = await browser.newContext({ viewport: { width: 960, height: 540 } });
  const page = await context.newPage();
  await page.goto(new URL("/original.html", url).href);
  await page.waitForFunction(() => document.title === "connected");
  return new OriginalBoardPage(page);
}
