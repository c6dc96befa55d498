import {
  type BoardError,
  type BoardItems,
  type Change,
  countPoints,
  type ItemId,
  MAX_BOARD_POINTS,
  MAX_ITEM_POINTS,
  MAX_ITEMS,
  type Operation,
} from "@crosspod/protocol";
import { limitRefusal } from "./board-refusal.ts";

/** Holds a board to its limits [W9]. It counts the points of every item, so that a question is always cheap. */
export class ItemLimits {
  readonly #items: BoardItems;
  readonly #points = new Map<ItemId, number>();
  #boardPoints = 0;

  /** @param items of the board; {@link changed} must be called with each change of them. */
  constructor(items: BoardItems) {
    this.#items = items;
  }

  /** Which limit the board would pass with the operation; undefined for none, or when it changes nothing. */
  refusal(operation: Operation): BoardError | undefined {
    switch (operation.type) {
      case "put":
        if (this.#items.has(operation.id)) return undefined;
        if (this.#items.size >= MAX_ITEMS) return limitRefusal("items");
        return this.#tooManyPoints(0, operation);
      case "append":
        if (this.#items.get(operation.id)?.pressure !== operation.pressure) return undefined;
        return this.#tooManyPoints(this.#points.get(operation.id) ?? 0, operation);
      case "remove":
      case "clear":
        return undefined;
    }
  }

  /** Takes note of what an operation did. */
  changed({ put, grown, removed = [] }: Change): void {
    if (put) this.#add(put.id, countPoints(put.points, put));
    if (grown) this.#add(grown.item.id, countPoints(grown.points, grown.item));
    for (const { id } of removed) {
      this.#boardPoints -= this.#points.get(id) ?? 0;
      this.#points.delete(id);
    }
  }

  #add(id: ItemId, points = 0): void {
    this.#points.set(id, (this.#points.get(id) ?? 0) + points);
    this.#boardPoints += points;
  }

  #tooManyPoints(before: number, run: { readonly points: string; readonly pressure: boolean }): BoardError | undefined {
    const more = countPoints(run.points, run) ?? 0;
    if (before + more > MAX_ITEM_POINTS) return limitRefusal("item-points");
    if (this.#boardPoints + more > MAX_BOARD_POINTS) return limitRefusal("board-points");
    return undefined;
  }
}
