import { readFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { describe, expect, test } from "vitest";
import { startWhiteboard } from "../helpers/board/running-whiteboard.ts";
import { comparePictures, type Picture, pictureSize } from "../helpers/browser/picture.ts";
import { shareBrowser } from "../helpers/browser/shared-browser.ts";
import { curve, openBoardPage, type WhiteboardPage } from "../helpers/browser/whiteboard-page.ts";

let browser: Browser;
shareBrowser((launched) => {
  browser = launched;
});

/** Saves the board by the menu, and opens the file. */
async function saveAs({ page }: WhiteboardPage, type: Picture["type"]): Promise<Picture & { readonly name: string }> {
  if (!(await page.locator("#board-menu").isVisible())) await page.locator("#board-button").click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: type.toUpperCase(), exact: true }).click(),
  ]);
  return { name: download.suggestedFilename(), data: await readFile(await download.path()), type };
}

describe("a board that is saved as a picture", () => {
  test("is the same as PNG and as SVG, and as the page shows it", async () => {
    await using service = await startWhiteboard();
    const page = await openBoardPage(browser, service.url, { path: "/b/plan-9" });
    for (const [color, y] of [
      ["1", 0.2],
      ["2", 0.5],
      ["5", 0.8],
    ] as const) {
      for (const key of [color, "]"]) await page.page.keyboard.press(key);
      await page.draw(curve([0.05, y], [0.95, y], 0.15));
    }
    await page.page.keyboard.press("4");
    await page.draw(curve([0.3, 0.02], [0.4, 0.98], 0));
    const shown: Picture = { data: await page.picture(), type: "png" };

    const png = await saveAs(page, "png");
    const svg = await saveAs(page, "svg");

    expect(png.name).toMatch(/^crosspod-plan-9-\d{4}-\d\d-\d\d-\d{4}\.png$/);
    expect(svg.name).toMatch(/^crosspod-plan-9-\d{4}-\d\d-\d\d-\d{4}\.svg$/);
    expect(await pictureSize(browser, png)).toEqual([3_200, 1_800]);
    expect(await pictureSize(browser, svg)).toEqual([1_600, 900]);
    const fills = [...`${svg.data}`.matchAll(/<path fill="#(\w+)"/g)].map(([, color]) => color);
    expect(fills).toEqual(["000000", "ff0000", "ffff00", "0000ff"]);
    const files = await comparePictures(browser, png, svg);
    expect(files.ink).toBeGreaterThan(0.02);
    expect(files.share).toBeLessThan(0.004);
    expect((await comparePictures(browser, png, shown)).share).toBeLessThan(0.008);
  });

  test("is the whole board, whatever part of it the window shows", async () => {
    await using service = await startWhiteboard();
    const page = await openBoardPage(browser, service.url);
    await page.draw(curve([0.05, 0.1], [0.95, 0.9], 0.2));
    const before = await saveAs(page, "svg");
    await page.page.keyboard.press("Escape");

    for (const key of ["+", "+", "+", "+"]) await page.page.keyboard.press(key);
    const after = await saveAs(page, "svg");

    expect(`${after.data}`).toBe(`${before.data}`);
  });
});
