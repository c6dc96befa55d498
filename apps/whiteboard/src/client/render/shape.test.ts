import { encodePoints, type Item, type Point } from "@crosspod/protocol";
import { describe, expect, test } from "vitest";
import { outlineOf } from "../export/svg.ts";
import { Shape } from "./shape.ts";

const PRESSURE_FREE = { pressure: false };

const itemOf = (points: string, width = 60): Item => ({
  id: "someone_.1",
  color: "000000",
  width,
  pressure: false,
  z: 1,
  points,
});

const LINE: readonly Point[] = Array.from({ length: 30 }, (_, index) => ({
  x: 1_000 + index * 90,
  y: 500 + (index % 5) * 40,
}));

describe("a shape", () => {
  test("[W4] is the same whether its points came at once or bit by bit", () => {
    const whole = new Shape(itemOf(encodePoints(LINE, PRESSURE_FREE)));
    const grown = new Shape(itemOf(encodePoints(LINE.slice(0, 1), PRESSURE_FREE)));
    expect(outlineOf(grown)).not.toBe(outlineOf(whole));

    for (let from = 1; from < LINE.length; from += 7) {
      const added = encodePoints(LINE.slice(from, from + 7), PRESSURE_FREE, LINE[from - 1]);
      grown.grow(itemOf(grown.item.points + added), added);
    }

    expect(grown.item.points).toBe(whole.item.points);
    expect(grown.points).toEqual(whole.points);
    expect(outlineOf(grown)).toBe(outlineOf(whole));
    expect(grown.bounds).toEqual(whole.bounds);
  });

  test("[W4] is the same bit by bit when points were off the board", () => {
    const wild: Point[] = [
      { x: 100, y: 100 },
      { x: -400, y: 100 },
      { x: -200, y: 300 },
      { x: 300, y: 9_400 },
    ];
    const whole = new Shape(itemOf(encodePoints(wild, PRESSURE_FREE)));
    const grown = new Shape(itemOf(encodePoints(wild.slice(0, 1), PRESSURE_FREE)));

    for (let from = 1; from < wild.length; from += 1) {
      const added = encodePoints(wild.slice(from, from + 1), PRESSURE_FREE, wild[from - 1]);
      void grown.points;
      grown.grow(itemOf(grown.item.points + added), added);
    }

    expect(grown.points).toEqual(whole.points);
  });

  test("has bounds around everything that it fills", () => {
    const shape = new Shape(itemOf(encodePoints(LINE, PRESSURE_FREE), 300));

    const numbers =
      outlineOf(shape)
        .match(/-?\d+(\.\d+)?/g)
        ?.map(Number) ?? [];
    const xs = numbers.filter((_, index) => index % 2 === 0);
    const ys = numbers.filter((_, index) => index % 2 === 1);

    expect(Math.min(...xs)).toBeGreaterThanOrEqual(shape.bounds.left);
    expect(Math.max(...xs)).toBeLessThanOrEqual(shape.bounds.right);
    expect(Math.min(...ys)).toBeGreaterThanOrEqual(shape.bounds.top);
    expect(Math.max(...ys)).toBeLessThanOrEqual(shape.bounds.bottom);
  });

  test("is a dot where it has one point, and a straight line of one width where it has two", () => {
    const dot = new Shape(itemOf(encodePoints([{ x: 500, y: 500 }], PRESSURE_FREE)));
    expect(outlineOf(dot)).toMatch(/^M.+Z$/);

    const [a, b] = [
      { x: 500, y: 500 },
      { x: 4_000, y: 500 },
    ] as const;
    const line = new Shape(itemOf(encodePoints([a, b], PRESSURE_FREE), 100));

    const ys = (outlineOf(line).match(/-?\d+(\.\d+)?/g) ?? []).map(Number).filter((_, index) => index % 2 === 1);
    expect(Math.max(...ys) - Math.min(...ys)).toBeCloseTo(100, 0);
  });

  test("is touched by what crosses it, comes near it or lies on it, and by nothing else", () => {
    const [a, b] = [
      { x: 1_000, y: 1_000 },
      { x: 3_000, y: 1_000 },
    ] as const;
    const line = new Shape(itemOf(encodePoints([a, b], PRESSURE_FREE), 100));

    expect(line.isTouched({ x: 2_000, y: 0 }, { x: 2_000, y: 2_000 }, 10)).toBe(true);
    expect(line.isTouched({ x: 2_000, y: 1_055 }, { x: 2_000, y: 1_055 }, 10)).toBe(true);
    expect(line.isTouched({ x: 2_000, y: 1_065 }, { x: 2_500, y: 1_065 }, 10)).toBe(false);
    expect(line.isTouched({ x: 3_070, y: 1_000 }, { x: 4_000, y: 1_000 }, 10)).toBe(false);
    expect(line.isTouched({ x: 3_055, y: 1_000 }, { x: 4_000, y: 1_000 }, 10)).toBe(true);
  });
});
