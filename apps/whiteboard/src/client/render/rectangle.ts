import type { Vector } from "./vector.ts";

/** An upright rectangle: of the stage in pixels, or of the board in steps of its grid. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The smallest one around all of these places, with `margin` on each side. */
export function boundsOf(places: Iterable<Vector>, margin: number): Rectangle {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of places) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  }
  return { left: left - margin, top: top - margin, right: right + margin, bottom: bottom + margin };
}

/** Its middle. */
export const centerOf = ({ left, top, right, bottom }: Rectangle): Vector => ({
  x: (left + right) / 2,
  y: (top + bottom) / 2,
});

/** The smallest one around both; either may be missing. */
export function union(a: Rectangle | undefined, b: Rectangle): Rectangle {
  if (!a) return b;
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

/** What both have in common; it overlaps nothing when that is nothing. */
export const intersection = (a: Rectangle, b: Rectangle): Rectangle => ({
  left: Math.max(a.left, b.left),
  top: Math.max(a.top, b.top),
  right: Math.min(a.right, b.right),
  bottom: Math.min(a.bottom, b.bottom),
});

/** Whether they have any place in common; touching sides are not enough. */
export const overlaps = (a: Rectangle, b: Rectangle): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
