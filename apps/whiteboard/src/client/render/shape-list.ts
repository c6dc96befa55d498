import type { BoardView } from "@crosspod/client";
import type { Item, ItemId } from "@crosspod/protocol";
import { boundsOf, overlaps, type Rectangle } from "./rectangle.ts";
import { Shape } from "./shape.ts";
import type { Vector } from "./vector.ts";

/** The shapes of a board, from the bottom to the top. */
export class ShapeList {
  readonly #view: BoardView;
  readonly #byId = new Map<ItemId, Shape>();
  #inOrder: Shape[] = [];

  /** @param view says which `z` an item has: one's own get another when they are appended. */
  constructor(view: BoardView) {
    this.#view = view;
  }

  get(id: ItemId): Shape | undefined {
    return this.#byId.get(id);
  }

  /** Adds an item on top, or where its `z` belongs among what the others have by now. */
  add(item: Item, { onTop }: { readonly onTop: boolean }): Shape {
    const shape = new Shape(item);
    const above = onTop ? -1 : this.#inOrder.findIndex((other) => this.#zOf(other) > item.z);
    this.#inOrder.splice(above < 0 ? this.#inOrder.length : above, 0, shape);
    this.#byId.set(item.id, shape);
    return shape;
  }

  /** Takes items away; returns the shapes of those that were there. */
  remove(items: readonly Item[]): Shape[] {
    const removed = new Set<Shape>();
    for (const { id } of items) {
      const shape = this.#byId.get(id);
      if (shape && this.#byId.delete(id)) removed.add(shape);
    }
    this.#inOrder = this.#inOrder.filter((shape) => !removed.has(shape));
    return [...removed];
  }

  /** Becomes what the view has now. What is as it was keeps its shape, and so what was computed for it. */
  reset(): void {
    const before = new Map(this.#byId);
    this.#byId.clear();
    this.#inOrder = [];
    for (const item of this.#view.items()) {
      const known = before.get(item.id);
      const shape = known && looksSame(known.item, item) ? known : new Shape(item);
      this.#byId.set(item.id, shape);
      this.#inOrder.push(shape);
    }
  }

  [Symbol.iterator](): Iterator<Shape> {
    return this.#inOrder.values();
  }

  /** Those that may touch a part of the board, from the bottom to the top. */
  in(area: Rectangle): Shape[] {
    return this.#inOrder.filter(({ bounds }) => overlaps(bounds, area));
  }

  /** Those that may lie on top of one, from the bottom to the top. */
  above(shape: Shape): Shape[] {
    const higher = this.#inOrder.slice(this.#inOrder.lastIndexOf(shape) + 1);
    return higher.filter(({ bounds }) => overlaps(bounds, shape.bounds));
  }

  /** The same shapes from the bottom to the top. Quick for those that are near the top. */
  sort(shapes: Iterable<Shape>): Shape[] {
    const places = [...shapes].map((shape) => ({ shape, place: this.#inOrder.lastIndexOf(shape) }));
    return places.sort((a, b) => a.place - b.place).map(({ shape }) => shape);
  }

  /** Those that something of `reach` in radius touches on its way, see {@link Shape.isTouched}. */
  touched(from: Vector, to: Vector, reach: number): Shape[] {
    return this.in(boundsOf([from, to], reach)).filter((shape) => shape.isTouched(from, to, reach));
  }

  #zOf({ item }: Shape): number {
    return this.#view.get(item.id)?.z ?? item.z;
  }
}

const looksSame = (a: Item, b: Item): boolean =>
  a.points === b.points && a.color === b.color && a.width === b.width && a.pressure === b.pressure;
