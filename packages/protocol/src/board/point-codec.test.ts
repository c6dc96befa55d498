import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  BOARD_HEIGHT,
  BOARD_WIDTH,
  countPoints,
  decodePoints,
  encodePoints,
  endOfPoints,
  MAX_PRESSURE,
  type Point,
} from "./point-codec.ts";

const coordinates = { x: fc.nat(BOARD_WIDTH), y: fc.nat(BOARD_HEIGHT) };
const plain = fc.record(coordinates);
const pressed = fc.record({ ...coordinates, pressure: fc.nat(MAX_PRESSURE) });
const strokes = fc.oneof(
  fc.record({ pressure: fc.constant(false), points: fc.array<Point>(plain, { maxLength: 40 }) }),
  fc.record({ pressure: fc.constant(true), points: fc.array<Point>(pressed, { maxLength: 40 }) }),
);

describe("the text of points", () => {
  test("[W4] gives the same points back", () => {
    fc.assert(
      fc.property(strokes, ({ pressure, points }) => {
        expect(decodePoints(encodePoints(points, { pressure }), { pressure })).toEqual(points);
      }),
    );
  });

  test("[W4] of two runs, one after the other, is the text of both", () => {
    fc.assert(
      fc.property(strokes, fc.nat(40), ({ pressure, points }, at) => {
        const first = points.slice(0, at);
        const texts = [encodePoints(first, { pressure }), encodePoints(points.slice(at), { pressure }, first.at(-1))];
        expect(texts.join("")).toBe(encodePoints(points, { pressure }));
      }),
    );
  });

  test("[W4] says how many points it has, and where they end", () => {
    fc.assert(
      fc.property(strokes, ({ pressure, points }) => {
        const text = encodePoints(points, { pressure });
        expect(countPoints(text, { pressure })).toBe(points.length);
        if (points.length > 0) expect(endOfPoints(text, { pressure })).toEqual(points.at(-1));
      }),
    );
  });

  test("[W4] brings a point that is off the board to its edge", () => {
    const text = encodePoints([{ x: BOARD_WIDTH + 50, y: -7, pressure: 99 }], { pressure: true });
    expect(decodePoints(text, { pressure: true })).toEqual([{ x: BOARD_WIDTH, y: 0, pressure: MAX_PRESSURE }]);
  });

  test("[W4] goes on from where a point off the board was, not from the edge", () => {
    const points = [
      { x: BOARD_WIDTH + 50, y: 10 },
      { x: BOARD_WIDTH - 1, y: 10 },
    ];
    expect(decodePoints(encodePoints(points, { pressure: false }), { pressure: false })?.[1]).toEqual(points[1]);
  });

  test.each([
    ["a character that is none of its digits", "A$"],
    ["half a point", "A"],
    ["a number that does not end", "Ag"],
    ["a number of too many digits", "ggggAA"],
  ])("[W4] is not one with %s", (_, text) => {
    expect(decodePoints(text, { pressure: false })).toBeUndefined();
    expect(countPoints(text, { pressure: false })).toBeUndefined();
    expect(endOfPoints(text, { pressure: false })).toBeUndefined();
  });

  test("[W4] takes any text without throwing, and counts what it reads", () => {
    fc.assert(
      fc.property(fc.string(), fc.boolean(), (text, pressure) => {
        expect(decodePoints(text, { pressure })?.length).toBe(countPoints(text, { pressure }));
      }),
    );
  });
});
