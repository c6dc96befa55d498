import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { launchBrowser } from "./browser.ts";

/** Starts one browser for all tests of a file, hands it over, and closes after each test what that opened in it. */
export function shareBrowser(take: (browser: Browser) => void): void {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
    take(browser);
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
  });
  afterAll(() => browser.close());
}
