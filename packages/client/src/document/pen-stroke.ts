import { encodePoints, type ItemId, onGrid, type Point, type StrokeStyle } from "@crosspod/protocol";
import type { StepInProgress } from "./undo-history.ts";

/** A stroke goes on in a new item long before an item is full: none becomes slow to redraw. */
const MAX_STROKE_POINTS = 4_000;

export interface PenStrokeOptions {
  readonly style: StrokeStyle;
  readonly first: Point;
  readonly step: StepInProgress;
  readonly newItemId: () => ItemId;
  readonly onEnd: () => void;
}

/** A stroke that is being drawn: it is sent, and seen by others, point by point. */
export class PenStroke {
  /** Of the item that it began with. */
  readonly id: ItemId;
  readonly #options: PenStrokeOptions;
  #item: ItemId;
  #last: Point;
  #points = 1;
  #isOpen = true;

  constructor(options: PenStrokeOptions) {
    this.#options = options;
    this.#last = onGrid(options.first);
    this.#item = options.newItemId();
    this.id = this.#item;
    this.#put();
  }

  /** The item that its next points belong to. */
  get item(): ItemId {
    return this.#item;
  }

  /** Adds points of the board's grid at its end. */
  extend(points: readonly Point[]): void {
    if (!this.#isOpen) return;
    let rest = points.map(onGrid);
    while (rest.length > 0) {
      if (this.#points >= MAX_STROKE_POINTS) this.goOnInNewItem();
      const some = rest.slice(0, MAX_STROKE_POINTS - this.#points);
      rest = rest.slice(some.length);
      this.#append(some);
    }
  }

  /** Its next points belong to a new item, which begins where this one ends: the line looks the same. */
  goOnInNewItem(): void {
    this.#item = this.#options.newItemId();
    this.#points = 1;
    this.#put();
  }

  /** From here on it can be undone, as one step. */
  end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#options.step.end();
    this.#options.onEnd();
  }

  #put(): void {
    const { step, style } = this.#options;
    const { color, width, pressure } = style;
    step.put({ type: "put", id: this.#item, color, width, pressure, points: encodePoints([this.#last], style) });
  }

  #append(points: readonly Point[]): void {
    const { step, style } = this.#options;
    const { pressure } = style;
    step.append({ type: "append", id: this.#item, pressure, points: encodePoints(points, style, this.#last) });
    this.#last = points.at(-1) ?? this.#last;
    this.#points += points.length;
  }
}
