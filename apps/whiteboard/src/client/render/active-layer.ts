import type { ItemId } from "@crosspod/protocol";
import { CanvasBuffer, type Picture } from "./canvas-buffer.ts";
import { type Rectangle, union } from "./rectangle.ts";
import type { Shape } from "./shape.ts";

/** A shape that has not grown for so long is at rest. */
const REST_MS = 700;
/** With more at once, those that grew longest ago are put to rest early. */
const MAX_ACTIVE_SHAPES = 256;

/** The few shapes that grow at the moment, painted anew in each frame in which one of them did. */
export class ActiveLayer {
  /** The item that stays active, however slow its pen is. */
  heldId: ItemId | undefined;
  readonly #buffer: CanvasBuffer;
  readonly #sort: (shapes: Iterable<Shape>) => readonly Shape[];
  /** When each grew last, oldest first. */
  readonly #grownAt = new Map<Shape, number>();
  #painted: Rectangle | undefined;
  #changed = false;

  /** @param sort brings shapes in their order from the bottom to the top. */
  constructor(parent: HTMLElement, sort: (shapes: Iterable<Shape>) => readonly Shape[]) {
    this.#sort = sort;
    this.#buffer = new CanvasBuffer(parent, { willFlush: false });
  }

  get isEmpty(): boolean {
    return this.#grownAt.size === 0 && !this.#changed;
  }

  has(shape: Shape): boolean {
    return this.#grownAt.has(shape);
  }

  /** A shape is new, or has grown. */
  touch(shape: Shape, now: number): void {
    this.#grownAt.delete(shape);
    this.#grownAt.set(shape, now);
    this.#changed = true;
  }

  delete(shape: Shape): boolean {
    this.#changed ||= this.#grownAt.has(shape);
    return this.#grownAt.delete(shape);
  }

  clear(): void {
    this.#grownAt.clear();
    this.#changed = true;
  }

  /** Those that have come to rest. */
  rested(now: number): Shape[] {
    let tooMany = this.#grownAt.size - MAX_ACTIVE_SHAPES;
    const rested: Shape[] = [];
    for (const [shape, grownAt] of this.#grownAt) {
      if (tooMany <= 0 && now - grownAt < REST_MS) break;
      tooMany -= 1;
      if (shape.item.id !== this.heldId) rested.push(shape);
    }
    return rested;
  }

  paint(picture: Picture): void {
    const isOther = !this.#buffer.isOf(picture);
    if (!isOther && !this.#changed) return;
    if (isOther) this.#buffer.become(picture);
    else if (this.#painted) this.#buffer.clear(this.#painted);
    const shapes = this.#sort(this.#grownAt.keys());
    this.#buffer.paint(shapes);
    this.#painted = shapes.reduce<Rectangle | undefined>((area, { bounds }) => union(area, bounds), undefined);
    this.#changed = false;
  }
}
