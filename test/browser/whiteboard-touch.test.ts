import type { Browser, CDPSession } from "playwright-core";
import { describe, expect, test } from "vitest";
import { type RunningWhiteboard, startWhiteboard } from "../helpers/board/running-whiteboard.ts";
import { shareBrowser } from "../helpers/browser/shared-browser.ts";
import { openBoardPage, type Place, type WhiteboardPage } from "../helpers/browser/whiteboard-page.ts";

const DEADLINE = { timeout: 15_000 };
const PHONE = { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true };

let browser: Browser;
shareBrowser((launched) => {
  browser = launched;
});

/** Fingers on the screen of a phone that shows a board. */
class Fingers {
  readonly page: WhiteboardPage;
  readonly #session: CDPSession;

  constructor(page: WhiteboardPage, session: CDPSession) {
    this.page = page;
    this.#session = session;
  }

  static async on(service: RunningWhiteboard): Promise<Fingers> {
    const page = await openBoardPage(browser, service.url, PHONE);
    return new Fingers(page, await page.page.context().newCDPSession(page.page));
  }

  down(...places: readonly Place[]): Promise<void> {
    return this.#dispatch("touchStart", places);
  }

  move(...places: readonly Place[]): Promise<void> {
    return this.#dispatch("touchMove", places);
  }

  up(...left: readonly Place[]): Promise<void> {
    return this.#dispatch("touchEnd", left);
  }

  async #dispatch(type: "touchStart" | "touchMove" | "touchEnd", places: readonly Place[]): Promise<void> {
    const pixels = await Promise.all(places.map((place) => this.page.pixel(place)));
    await this.#session.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: pixels.map(({ x, y }, id) => ({ x, y, id })),
    });
  }
}

const untilStrokes = (page: WhiteboardPage, strokes: number): Promise<void> =>
  expect.poll(() => page.strokes(), DEADLINE).toBe(strokes);

describe("fingers and a stylus", () => {
  test("one finger draws", async () => {
    await using service = await startWhiteboard();
    const fingers = await Fingers.on(service);
    const other = await openBoardPage(browser, service.url);

    await fingers.down([0.2, 0.3]);
    for (let step = 1; step <= 8; step += 1) await fingers.move([0.2 + step * 0.07, 0.3 + step * 0.04]);
    await fingers.up();

    for (const page of [fingers.page, other]) await untilStrokes(page, 1);
    await fingers.page.untilSave("Saved");
    const { items } = await service.store.snapshot("default");
    expect(items.length).toBeGreaterThan(20);
  });

  test("a tap makes a dot", async () => {
    await using service = await startWhiteboard();
    const fingers = await Fingers.on(service);

    await fingers.down([0.5, 0.5]);
    await fingers.up();

    await untilStrokes(fingers.page, 1);
  });

  test("two fingers zoom and move, and draw nothing", async () => {
    await using service = await startWhiteboard();
    const fingers = await Fingers.on(service);
    const fit = await fingers.page.zoom();
    const before = await fingers.page.paper.boundingBox();
    const middle = await fingers.page.pixel([0.5, 0.5]);

    await fingers.down([0.4, 0.5]);
    await fingers.down([0.4, 0.5], [0.6, 0.5]);
    // Places are shares of a board that grows with every move: each time as far apart as on the first one.
    await fingers.move([0.3, 0.5], [0.7, 0.5]);
    await fingers.up();

    await expect.poll(() => fingers.page.zoom(), DEADLINE).not.toBe(fit);
    const after = await fingers.page.paper.boundingBox();
    expect((after?.width ?? 0) / (before?.width ?? 1)).toBeCloseTo(2, 1);
    const { x, y } = await fingers.page.pixel([0.5, 0.5]);
    expect(Math.hypot(x - middle.x, y - middle.y)).toBeLessThan(2);
    expect(await fingers.page.strokes()).toBe(0);
    await fingers.page.button("Fit the whole board").click();
    expect(await fingers.page.zoom()).toBe(fit);
  });

  test("a second finger ends the stroke of the first where it is", async () => {
    await using service = await startWhiteboard();
    const fingers = await Fingers.on(service);

    await fingers.down([0.2, 0.3]);
    for (let step = 1; step <= 5; step += 1) await fingers.move([0.2 + step * 0.1, 0.3]);
    await untilStrokes(fingers.page, 1);
    await fingers.down([0.7, 0.3], [0.5, 0.8]);
    await fingers.move([0.75, 0.3], [0.5, 0.9]);
    await fingers.up([0.75, 0.3]);
    await fingers.move([0.9, 0.9]);
    await fingers.up();

    await fingers.page.untilSave("Saved");
    expect(await fingers.page.strokes()).toBe(1);
  });

  test("[W4] a stylus draws with its pressure", async () => {
    await using service = await startWhiteboard();
    const page = await openBoardPage(browser, service.url);
    const session = await page.page.context().newCDPSession(page.page);
    const pen = async (
      type: "mousePressed" | "mouseMoved" | "mouseReleased",
      place: Place,
      force: number,
    ): Promise<void> => {
      const button = "left" as const;
      await session.send("Input.dispatchMouseEvent", {
        type,
        ...(await page.pixel(place)),
        button,
        force,
        pointerType: "pen",
        clickCount: 1,
      });
    };

    await pen("mousePressed", [0.2, 0.5], 0.1);
    for (let step = 1; step <= 6; step += 1) await pen("mouseMoved", [0.2 + step * 0.1, 0.5], step / 6);
    await pen("mouseReleased", [0.8, 0.5], 0);

    await page.untilSave("Saved");
    await untilStrokes(page, 1);
    const { items } = await service.store.snapshot("default");
    expect(items).toContain("!");
  });
});
