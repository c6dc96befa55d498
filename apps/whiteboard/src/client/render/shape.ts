import { BOARD_HEIGHT, BOARD_WIDTH, decodePoints, type Item, MAX_PRESSURE, type Point } from "@crosspod/protocol";
import { boundsOf, type Rectangle } from "./rectangle.ts";
import { type PathBuilder, REACH, traceStroke } from "./stroke-outline.ts";
import { distanceOfLines, type Vector } from "./vector.ts";

/** An item with what is needed to paint it and to hit it; each part is made when first asked for, and kept. */
export class Shape {
  #item: Item;
  #points: Point[] | undefined;
  #bounds: Rectangle | undefined;
  #path: Path2D | undefined;

  constructor(item: Item) {
    this.#item = item;
  }

  get item(): Item {
    return this.#item;
  }

  /** The part of the board that it may touch. */
  get bounds(): Rectangle {
    this.#bounds ??= boundsOf(this.points, this.#item.width * REACH);
    return this.#bounds;
  }

  get points(): readonly Point[] {
    this.#points ??= decodePoints(this.#item.points, this.#item) ?? [];
    return this.#points;
  }

  /** The item has more points: `added`, at its end. */
  grow(item: Item, added: string): void {
    const last = this.points.at(-1);
    // At the edge a point may have been brought in from outside: what follows counts from where it really was.
    const more = last && !isAtEdge(last) ? decodePoints(added, item, last) : undefined;
    if (more) for (const point of more) this.#points?.push(point);
    else this.#points = undefined;
    this.#item = item;
    this.#bounds = undefined;
    this.#path = undefined;
  }

  trace(path: PathBuilder): void {
    traceStroke(this.#item, this.points, path);
  }

  /** Fills it on a canvas whose unit is a grid step. */
  paint(context: CanvasRenderingContext2D): void {
    if (!this.#path) {
      this.#path = new Path2D();
      this.trace(this.#path);
    }
    context.fillStyle = `#${this.#item.color}`;
    context.fill(this.#path);
  }

  /** Whether something of `reach` in radius that goes from one place to another touches it. */
  isTouched(from: Vector, to: Vector, reach: number): boolean {
    const near = reach + this.#item.width / 2;
    return this.points.some((point, index) => {
      const before = this.points[index - 1] ?? point;
      return distanceOfLines(before, point, from, to) <= near;
    });
  }
}

const isAtEdge = ({ x, y, pressure }: Point): boolean =>
  x === 0 || y === 0 || x === BOARD_WIDTH || y === BOARD_HEIGHT || pressure === 0 || pressure === MAX_PRESSURE;
