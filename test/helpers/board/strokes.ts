import { type Append, encodePoints, type ItemId, type Point, type Put } from "@crosspod/protocol";

/** A put of a black stroke through `points`, or through two points of no interest. */
export function put(id: ItemId, points: readonly Point[] = [point(100, 100), point(200, 150)]): Put {
  return { type: "put", id, color: "000000", width: 32, pressure: false, points: encodePoints(points, plain) };
}

/** An append of `points` to a stroke that ends in `before`. */
export function append(id: ItemId, points: readonly Point[] = [point(300, 200)], before = point(200, 150)): Append {
  return { type: "append", id, pressure: false, points: encodePoints(points, plain, before) };
}

/** So many points, as short as they can be: all in one place. */
export const pointText = (count: number): string => "AA".repeat(count);

export const point = (x: number, y: number): Point => ({ x, y });

const plain = { pressure: false } as const;
