import type { Browser } from "playwright-core";
import { describe, expect, test } from "vitest";
import { startWhiteboard } from "../helpers/board/running-whiteboard.ts";
import { comparePictures, strayInk } from "../helpers/browser/picture.ts";
import { shareBrowser } from "../helpers/browser/shared-browser.ts";
import { curve, openBoardPage, type WhiteboardPage } from "../helpers/browser/whiteboard-page.ts";
import { openOriginalBoard, pagesWithOriginal } from "../helpers/original/original-board.ts";

const DEADLINE = { timeout: 15_000 };

let browser: Browser;
shareBrowser((launched) => {
  browser = launched;
});

/** A window whose paper has nearly the shape and the size of the original page's canvas. */
const SIZE = { viewport: { width: 992, height: 704 } };

/** Waits until the same lines are on two pictures; but for the pens: ours is smooth, the original's is not. */
async function untilAlike(one: () => Promise<Buffer>, other: () => Promise<Buffer>): Promise<void> {
  const stray = async (): Promise<number> => {
    const [a, b] = [await one(), await other()];
    const { share, ink } = await strayInk(browser, { data: a, type: "png" }, { data: b, type: "png" });
    return ink > 0 ? share : 1;
  };
  await expect.poll(stray, DEADLINE).toBeLessThan(0.03);
}

const drawFine = async (page: WhiteboardPage, bend: number): Promise<void> => {
  for (const key of ["[", "2"]) await page.page.keyboard.press(key);
  await page.draw(curve([0.2, 0.3], [0.8, 0.3], bend, 40));
};

describe("beside the original example's page", () => {
  test("[W12] what either page draws is on both, and on one of its kind that comes later", async () => {
    await using pages = await pagesWithOriginal();
    await using service = await startWhiteboard({}, pages);
    const [page, original] = await Promise.all([
      openBoardPage(browser, service.url, SIZE),
      openOriginalBoard(browser, service.url),
    ]);
    const ours = (): Promise<Buffer> => page.picture();
    const theirs = (): Promise<Buffer> => original.picture();

    await drawFine(page, 0.15);
    await untilAlike(theirs, ours);
    await original.draw(curve([0.2, 0.7], [0.8, 0.7], -0.15, 40));
    await untilAlike(ours, theirs);
    expect(await page.strokes()).toBeGreaterThanOrEqual(2);
    const late = await openOriginalBoard(browser, service.url);
    await untilAlike(() => late.picture(), theirs);
  });

  test("[W12] other boards are not theirs", async () => {
    await using pages = await pagesWithOriginal();
    await using service = await startWhiteboard({}, pages);
    const elsewhere = await openBoardPage(browser, service.url, { ...SIZE, path: "/b/elsewhere" });
    const page = await openBoardPage(browser, service.url, SIZE);
    const original = await openOriginalBoard(browser, service.url);

    await drawFine(elsewhere, 0.1);
    await elsewhere.untilSave("Saved");
    await original.draw(curve([0.2, 0.7], [0.8, 0.7], -0.15, 40));

    await expect.poll(() => page.strokes(), DEADLINE).toBe(1);
    expect(await elsewhere.strokes()).toBe(1);
    const data = await original.picture();
    const topHalf = await original.page.screenshot({ clip: { x: 0, y: 0, width: 960, height: 200 } });
    expect((await comparePictures(browser, { data, type: "png" }, { data, type: "png" })).ink).toBeGreaterThan(0);
    const { ink } = await comparePictures(browser, { data: topHalf, type: "png" }, { data: topHalf, type: "png" });
    expect(ink).toBe(0);
  });
});
