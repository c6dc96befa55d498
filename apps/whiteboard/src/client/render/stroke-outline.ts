import { type Item, MAX_PRESSURE, type Point } from "@crosspod/protocol";
import { getStroke } from "perfect-freehand";

/** What an outline is drawn with: a Path2D of the browser, or the text of an SVG path. */
export interface PathBuilder {
  moveTo(x: number, y: number): void;
  quadraticCurveTo(controlX: number, controlY: number, x: number, y: number): void;
  closePath(): void;
}

/** How much thinner than its width a light hand makes a stroke, and a heavy one thicker. */
const PRESSURE_THINNING = 0.6;
/** Without pressure a fast hand counts as a light one; a mouse is always fast, so it counts for less. */
const SPEED_THINNING = 0.35;

/** A stroke reaches at most so far from its points, as a share of its width. */
export const REACH = 0.5 + PRESSURE_THINNING / 2;

/**
 * Draws the outline of a stroke, in grid steps. It depends on nothing but the item, so that all pages draw the same. A
 * straight line of two points keeps its width: strokes of the original example come so, bit by bit.
 */
export function traceStroke(
  style: Pick<Item, "width" | "pressure">,
  points: readonly Point[],
  path: PathBuilder,
): void {
  const simulated = !style.pressure && points.length > 2;
  const thinning = style.pressure ? PRESSURE_THINNING : SPEED_THINNING;
  const outline = getStroke(
    points.map(({ x, y, pressure = MAX_PRESSURE / 2 }) => [x, y, pressure / MAX_PRESSURE]),
    {
      size: style.width,
      thinning: style.pressure || simulated ? thinning : 0,
      smoothing: 0.5,
      streamline: 0.28,
      simulatePressure: simulated,
      last: true,
    },
  );
  traceSmooth(outline as [number, number][], path);
}

/** Rounds the corners: the outline's points become the control points of curves between the middles of its sides. */
function traceSmooth(outline: readonly (readonly [number, number])[], path: PathBuilder): void {
  const [first, second] = outline;
  if (!first || !second) return;
  path.moveTo((first[0] + second[0]) / 2, (first[1] + second[1]) / 2);
  for (let index = 1; index <= outline.length; index += 1) {
    const control = outline[index % outline.length] ?? first;
    const next = outline[(index + 1) % outline.length] ?? first;
    path.quadraticCurveTo(control[0], control[1], (control[0] + next[0]) / 2, (control[1] + next[1]) / 2);
  }
  path.closePath();
}
