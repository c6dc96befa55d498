import type { Browser } from "playwright-core";
import { describe, expect, test } from "vitest";
import { startWhiteboard } from "../helpers/board/running-whiteboard.ts";
import { comparePictures } from "../helpers/browser/picture.ts";
import { shareBrowser } from "../helpers/browser/shared-browser.ts";
import { curve, openBoardPage, WhiteboardPage } from "../helpers/browser/whiteboard-page.ts";

const DEADLINE = { timeout: 15_000 };
const SIZE = { viewport: { width: 1_000, height: 700 } };

let browser: Browser;
shareBrowser((launched) => {
  browser = launched;
});

/** The share of the pixels in which two pictures differ; 1 when there is nothing on them. */
async function difference(one: Buffer, other: Buffer): Promise<number> {
  const { share, ink } = await comparePictures(browser, { data: one, type: "png" }, { data: other, type: "png" });
  return ink > 0 ? share : 1;
}

async function untilPicture(page: WhiteboardPage, expected: Buffer): Promise<void> {
  await expect.poll(async () => difference(await page.picture(), expected), DEADLINE).toBe(0);
}

/** Six pixels: at the edge of a stroke they depend a little on the pieces in which it came. */
const EDGES = 5e-5;

async function untilSamePicture(one: WhiteboardPage, other: WhiteboardPage, tolerance = EDGES): Promise<void> {
  const differenceNow = async (): Promise<number> => difference(await one.picture(), await other.picture());
  await expect.poll(differenceNow, DEADLINE).toBeLessThanOrEqual(tolerance);
}

async function untilStrokes(pages: readonly WhiteboardPage[], strokes: number): Promise<void> {
  for (const page of pages) await expect.poll(() => page.strokes(), DEADLINE).toBe(strokes);
}

describe("the whiteboard's page", () => {
  test("[W7] four boards that are drawn on by mouse at once show the same, and so does a late joiner", async () => {
    await using service = await startWhiteboard();
    const pages = await Promise.all([1, 2, 3, 4].map(() => openBoardPage(browser, service.url, SIZE)));

    await Promise.all(
      pages.map(async (page, index) => {
        await page.page.keyboard.press(`${index + 1}`);
        for (const bend of [0.3, -0.2, 0.1]) {
          await page.draw(curve([0.1, 0.2 + index * 0.15], [0.9, 0.3 + index * 0.15], bend));
        }
      }),
    );

    await untilStrokes(pages, 12);
    const late = await openBoardPage(browser, service.url, SIZE);
    await untilStrokes([late], 12);
    const [first] = pages;
    for (const other of [...pages.slice(1), late]) await untilSamePicture(first!, other);
  });

  test("[W3] windows of other sizes and densities show the same picture", async () => {
    await using service = await startWhiteboard();
    const page = await openBoardPage(browser, service.url, { viewport: { width: 1_280, height: 800 } });
    const small = await openBoardPage(browser, service.url, { viewport: { width: 700, height: 600 } });
    const dense = await openBoardPage(browser, service.url, { ...SIZE, deviceScaleFactor: 2 });

    // Wide strokes: most of what they are is not their edge, which has other pixels in each window.
    for (const { page: each } of [page, small]) {
      for (const key of ["]", "]"]) await each.keyboard.press(key);
    }
    await page.draw(curve([0.1, 0.3], [0.9, 0.7], 0.25));
    await small.page.keyboard.press("2");
    await small.draw(curve([0.2, 0.8], [0.7, 0.2], 0.2));

    for (const other of [small, dense]) {
      await untilStrokes([page, other], 2);
      await untilSamePicture(page, other, 0.008);
    }
  });

  test("[W3] a window that is made smaller and larger again, or rotated, loses nothing", async () => {
    await using service = await startWhiteboard();
    const page = await openBoardPage(browser, service.url, SIZE);
    await page.draw(curve([0.05, 0.1], [0.95, 0.9], 0.2));
    const before = await page.picture();

    for (const viewport of [{ width: 500, height: 900 }, { width: 320, height: 320 }, SIZE.viewport]) {
      await page.page.setViewportSize(viewport);
    }

    await untilPicture(page, before);
  });

  test("[W7] others see a stroke while it is drawn", async () => {
    await using service = await startWhiteboard();
    const [page, other] = await Promise.all([
      openBoardPage(browser, service.url, SIZE),
      openBoardPage(browser, service.url, SIZE),
    ]);
    const inkOf = async (each: WhiteboardPage): Promise<number> => {
      const data = await each.picture();
      return (await comparePictures(browser, { data, type: "png" }, { data, type: "png" })).ink;
    };

    await page.press(curve([0.1, 0.5], [0.4, 0.5], 0.3));
    await expect.poll(() => inkOf(other), DEADLINE).toBeGreaterThan(0.001);
    const half = await inkOf(other);
    expect(await inkOf(page)).toBeGreaterThan(0.001);
    await page.moveAlong(curve([0.4, 0.5], [0.9, 0.5], 0.3));
    await expect.poll(() => inkOf(other), DEADLINE).toBeGreaterThan(half * 1.5);
    await page.page.mouse.up();
    await page.leave();

    await untilSamePicture(page, other);
  });

  test("[W5] the eraser takes away the strokes that it touches, for everyone; undo brings them back below what is above them", async () => {
    await using service = await startWhiteboard();
    const [page, other] = await Promise.all([
      openBoardPage(browser, service.url, SIZE),
      openBoardPage(browser, service.url, SIZE),
    ]);
    for (const [color, y] of [
      ["1", 0.2],
      ["2", 0.4],
      ["3", 0.8],
    ] as const) {
      await page.page.keyboard.press(color);
      await page.draw(curve([0.1, y], [0.9, y], 0.15));
    }
    await page.page.keyboard.press("4");
    await page.draw(curve([0.5, 0.9], [0.55, 0.02], 0));
    await untilStrokes([page, other], 4);
    await untilSamePicture(page, other);
    const before = await page.picture();

    await page.page.keyboard.press("e");
    await page.draw([
      [0.2, 0.02],
      [0.2, 0.6],
    ]);
    const late = await openBoardPage(browser, service.url, SIZE);
    await untilStrokes([page, other, late], 2);
    for (const each of [page, other]) await untilSamePicture(each, late);
    await page.page.keyboard.press("Control+z");

    await untilStrokes([page, other], 4);
    await untilPicture(page, before);
    await untilSamePicture(page, other);
  });

  test("[W5] two people who undo and redo at once take back their own strokes, and nobody else's", async () => {
    await using service = await startWhiteboard();
    const [ada, bo] = await Promise.all([
      openBoardPage(browser, service.url, SIZE),
      openBoardPage(browser, service.url, SIZE),
    ]);
    await Promise.all([ada.draw(curve([0.1, 0.2], [0.9, 0.3])), bo.draw(curve([0.1, 0.7], [0.9, 0.8]))]);
    await bo.draw(curve([0.2, 0.4], [0.6, 0.9]));
    await untilStrokes([ada, bo], 3);
    const before = await ada.picture();
    const both = (keys: string): Promise<unknown> =>
      Promise.all([ada, bo].map(({ page }) => page.keyboard.press(keys)));

    await both("Control+z");
    await untilStrokes([ada, bo], 1);
    await both("Control+z");
    await untilStrokes([ada, bo], 0);
    await both("Control+Shift+z");
    await untilStrokes([ada, bo], 2);
    await both("Control+y");
    await untilStrokes([ada, bo], 3);

    await untilPicture(ada, before);
    await untilSamePicture(ada, bo);
  });

  test("[W5] clear asks nothing and offers undo, which brings everybody's strokes back", async () => {
    await using service = await startWhiteboard();
    const [page, other] = await Promise.all([
      openBoardPage(browser, service.url, SIZE),
      openBoardPage(browser, service.url, SIZE),
    ]);
    await other.draw(curve([0.1, 0.2], [0.9, 0.3]));
    await page.draw(curve([0.1, 0.7], [0.9, 0.8]));
    await untilStrokes([page, other], 2);
    await untilSamePicture(page, other);
    const before = await page.picture();

    await page.button("Clear the board").click();
    await untilStrokes([page, other], 0);
    await page.page.locator("#notices").getByRole("button", { name: "Undo" }).click();

    await untilStrokes([page, other], 2);
    await untilPicture(page, before);
  });

  test("[W5] the offer to undo a clear goes away with the next stroke, which it would take back", async () => {
    await using service = await startWhiteboard();
    const page = await openBoardPage(browser, service.url, SIZE);
    await page.draw(curve([0.1, 0.7], [0.9, 0.8]));
    await page.button("Clear the board").click();
    const offer = page.page.locator("#notices").getByRole("button", { name: "Undo" });
    await offer.waitFor();

    await page.draw(curve([0.1, 0.7], [0.9, 0.8]));

    // Sooner than it goes by itself.
    await offer.waitFor({ state: "detached" });
  });

  test("[W3] a stroke is where the pen was, however the board is moved and zoomed", async () => {
    await using service = await startWhiteboard();
    const [page, other] = await Promise.all([
      openBoardPage(browser, service.url, SIZE),
      openBoardPage(browser, service.url, SIZE),
    ]);
    await page.button("red").click();
    await page.page.mouse.move(300, 300);
    await page.page.keyboard.down("Control");
    for (let turns = 0; turns < 3; turns += 1) await page.page.mouse.wheel(0, -90);
    await page.page.keyboard.up("Control");
    await page.page.mouse.wheel(40, 60);
    const beforeMove = await page.paper.boundingBox();
    await page.page.keyboard.down("Space");
    await page.page.mouse.down();
    await page.page.mouse.move(340, 320);
    await page.page.mouse.up();
    await page.page.keyboard.up("Space");
    expect(await page.strokes()).toBe(0);
    expect(await page.paper.boundingBox()).not.toEqual(beforeMove);

    await page.draw(curve([0.3, 0.4], [0.6, 0.6]));
    await page.page.keyboard.press("f");

    await untilStrokes([page, other], 1);
    await untilSamePicture(page, other);
  });

  test("zooming has buttons, keys and bounds, and says how large the board is", async () => {
    await using service = await startWhiteboard();
    const page = await openBoardPage(browser, service.url, SIZE);
    const fit = await page.zoom();

    await page.button("Full size, now 61%").click();
    expect(await page.zoom()).toBe("100%");
    await page.button("Zoom in").click();
    expect(await page.zoom()).toBe("125%");
    for (const key of ["-", "-"]) await page.page.keyboard.press(key);
    expect(await page.zoom()).toBe("80%");
    for (let presses = 0; presses < 40; presses += 1) await page.page.keyboard.press("+");
    expect(await page.zoom()).toBe("1600%");
    await page.button("Fit the whole board").click();
    expect(await page.zoom()).toBe(fit);
  });

  test("[W1] boards have links: a new one has a name of its own, and nothing of another board is on it", async () => {
    await using service = await startWhiteboard();
    const page = await openBoardPage(browser, service.url, SIZE);
    await page.draw(curve([0.1, 0.2], [0.9, 0.3]));
    await page.untilSave("Saved");

    await page.page.locator("#board-button").click();
    await page.button("New board").click();
    await page.page.waitForURL(/\/b\/[a-z]+-[a-z]+-\d+$/);
    await page.untilConnection("Live");

    const name = new URL(page.page.url()).pathname.slice("/b/".length);
    expect(await page.page.title()).toBe(`${name} · crosspod whiteboard`);
    expect(await page.strokes()).toBe(0);
    await page.page.locator("#board-button").click();
    expect(await page.page.getByLabel("Link to this board").inputValue()).toBe(`${service.url}b/${name}`);
    await page.page.getByLabel("Name of a board").fill("default");
    await page.button("Open").click();
    await page.page.waitForURL(service.url);
    await untilStrokes([page], 1);
  });

  test("[W2] a name that no board can have is refused with its rule", async () => {
    await using service = await startWhiteboard();
    const page = await openBoardPage(browser, service.url, SIZE);

    await page.page.locator("#board-button").click();
    await page.page.getByLabel("Name of a board").fill("../etc");
    await page.page.keyboard.press("Enter");

    await page.page.getByText("1 to 64 letters, digits, - and _").waitFor();
    expect(page.page.url()).toBe(service.url);
  });

  test("the page runs under its Content-Security-Policy without a complaint", async () => {
    await using service = await startWhiteboard();
    const context = await browser.newContext(SIZE);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(`${error}`));
    const response = await page.goto(new URL("/b/strict", service.url).href);
    const board = new WhiteboardPage(page);
    await board.untilConnection("Live");

    await board.draw(curve([0.1, 0.2], [0.9, 0.3]));
    await board.button("Clear the board").click();
    await page.keyboard.press("?");
    await board.untilSave("Saved");

    expect(response?.headers()["content-security-policy"]).toContain("default-src 'none'");
    expect(complaints).toEqual([]);
  });
});
