import { BOARD_HEIGHT, BOARD_WIDTH } from "@crosspod/protocol";
import { describe, expect, test } from "vitest";
import { ViewTransform } from "./view-transform.ts";
import { Viewport } from "./viewport.ts";

const stage = (width: number, height: number) => ({
  width,
  height,
  free: { left: 10, top: 10, right: width - 10, bottom: height - 60 },
});

describe("what the window shows of the board", () => {
  test.each([
    [1_280, 720],
    [360, 740],
    [740, 360],
    [100, 100],
  ])(
    "[W3] all of the board is in the free part of a window of %d × %d, and touches two of its sides",
    (width, height) => {
      const { free } = stage(width, height);

      const view = ViewTransform.containing(free);

      const from = view.toStage({ x: 0, y: 0 });
      const to = view.toStage({ x: BOARD_WIDTH, y: BOARD_HEIGHT });
      const gaps = [from.x - free.left, from.y - free.top, free.right - to.x, free.bottom - to.y];
      for (const gap of gaps) expect(gap).toBeGreaterThan(-1e-6);
      expect(gaps.filter((gap) => gap < 1e-6).length).toBeGreaterThanOrEqual(2);
    },
  );

  test("what is under the anchor stays under it when the board is zoomed", () => {
    const viewport = new Viewport();
    viewport.resize(stage(1_280, 720));
    const anchor = { x: 333, y: 222 };
    const before = viewport.view.toBoard(anchor);

    viewport.zoomBy(3.7, anchor);

    const after = viewport.view.toBoard(anchor);
    expect(after.x).toBeCloseTo(before.x, 6);
    expect(after.y).toBeCloseTo(before.y, 6);
  });

  test("what was under two fingers is under them after a pinch", () => {
    const viewport = new Viewport();
    viewport.resize(stage(1_280, 720));
    const [a, b] = [
      { x: 400, y: 300 },
      { x: 500, y: 300 },
    ] as const;
    const [toA, toB] = [
      { x: 350, y: 340 },
      { x: 600, y: 340 },
    ] as const;
    const before = [a, b].map((finger) => viewport.view.toBoard(finger));

    viewport.pinch([a, b], [toA, toB]);

    for (const [index, finger] of [toA, toB].entries()) {
      const after = viewport.view.toBoard(finger);
      expect(after.x).toBeCloseTo(before[index]?.x ?? Number.NaN, 6);
      expect(after.y).toBeCloseTo(before[index]?.y ?? Number.NaN, 6);
    }
  });

  test("the board cannot be moved out of sight", () => {
    const viewport = new Viewport();
    viewport.resize(stage(1_280, 720));

    viewport.moveBy({ x: -100_000, y: 100_000 });

    const { right, top } = viewport.view.areaOf({ left: 0, top: 0, right: BOARD_WIDTH, bottom: BOARD_HEIGHT });
    expect(right).toBeGreaterThanOrEqual(80 - 1e-6);
    expect(top).toBeLessThanOrEqual(720 - 80 + 1e-6);
  });

  test("a window of another size shows all of the board again, unless somebody has zoomed", () => {
    const viewport = new Viewport();
    viewport.resize(stage(1_280, 720));
    viewport.resize(stage(500, 500));
    expect(viewport.view.equals(ViewTransform.containing(stage(500, 500).free))).toBe(true);

    viewport.zoomIn();
    const { scale } = viewport.view;
    viewport.resize(stage(900, 700));

    expect(viewport.view.scale).toBe(scale);
  });
});
