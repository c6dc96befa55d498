/** A place or a way: in CSS pixels of the stage, or in steps of the board's grid. */
export interface Vector {
  readonly x: number;
  readonly y: number;
}

/** As the crow flies. */
export const distance = (a: Vector, b: Vector): number => Math.hypot(a.x - b.x, a.y - b.y);

/** The place half way between two. */
export const middle = (a: Vector, b: Vector): Vector => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** The shortest way between two straight lines; 0 where they cross. A line may be a single place. */
export function distanceOfLines(a: Vector, b: Vector, c: Vector, d: Vector): number {
  if (cross(a, b, c, d)) return 0;
  return Math.min(distanceToLine(a, c, d), distanceToLine(b, c, d), distanceToLine(c, a, b), distanceToLine(d, a, b));
}

function distanceToLine(place: Vector, from: Vector, to: Vector): number {
  const length = { x: to.x - from.x, y: to.y - from.y };
  const square = length.x ** 2 + length.y ** 2;
  if (square === 0) return distance(place, from);
  const along = ((place.x - from.x) * length.x + (place.y - from.y) * length.y) / square;
  const share = Math.min(1, Math.max(0, along));
  return distance(place, { x: from.x + share * length.x, y: from.y + share * length.y });
}

const cross = (a: Vector, b: Vector, c: Vector, d: Vector): boolean =>
  turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;

/** Above 0 on one side of the line from `a` to `b`, below 0 on the other. */
const turn = (a: Vector, b: Vector, place: Vector): number =>
  (b.x - a.x) * (place.y - a.y) - (b.y - a.y) * (place.x - a.x);
