import type { AppendedOperation, Item, ItemId, Operation } from "./board-operation.ts";

/** What an operation did to the items. */
export interface Change {
  readonly put?: Item;
  /** An item that grew, and the text of the points that are new. */
  readonly grown?: { readonly item: Item; readonly points: string };
  readonly removed?: readonly Item[];
}

const NO_CHANGE: Change = {};

/**
 * The items of a board and what each operation does to them [W5]: the same operations in the same order give the same
 * items. `append.lua` mirrors it for the store in Redis; the contract suite of the stores holds both equal.
 */
export class BoardItems {
  readonly #items = new Map<ItemId, Item>();

  constructor(items: Iterable<Item> = []) {
    for (const item of items) this.#items.set(item.id, item);
  }

  get size(): number {
    return this.#items.size;
  }

  get(id: ItemId): Item | undefined {
    return this.#items.get(id);
  }

  has(id: ItemId): boolean {
    return this.#items.has(id);
  }

  /** The items from the bottom to the top. */
  inOrder(): Item[] {
    return [...this.#items.values()].sort((a, b) => a.z - b.z || (a.id < b.id ? -1 : 1));
  }

  values(): Iterable<Item> {
    return this.#items.values();
  }

  /** Applies an operation; `seq` is its place in the order, and that of a new item. */
  apply(operation: Operation, seq: AppendedOperation["seq"]): Change {
    switch (operation.type) {
      case "put": {
        if (this.#items.has(operation.id)) return NO_CHANGE;
        const { id, color, width, pressure, points } = operation;
        // A place that does not exist yet would be above all that is still to come.
        const z = Math.min(operation.z ?? seq, seq);
        const item: Item = { id, color, width, pressure, points, z };
        this.#items.set(id, item);
        return { put: item };
      }
      case "append": {
        const item = this.#items.get(operation.id);
        if (item?.pressure !== operation.pressure) return NO_CHANGE;
        const grown = { ...item, points: item.points + operation.points };
        this.#items.set(item.id, grown);
        return { grown: { item: grown, points: operation.points } };
      }
      case "remove":
        return this.#remove(operation.ids);
      case "clear":
        return this.#remove([...this.#items.keys()]);
    }
  }

  #remove(ids: readonly ItemId[]): Change {
    const removed: Item[] = [];
    for (const id of ids) {
      const item = this.#items.get(id);
      if (item && this.#items.delete(id)) removed.push(item);
    }
    return removed.length > 0 ? { removed } : NO_CHANGE;
  }
}
