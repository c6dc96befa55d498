import { BoardItems, type Item, type ItemId, type Operation } from "@crosspod/protocol";
import { Emitter } from "../events/emitter.ts";
import { type PendingOperation, touchedItems } from "../outbox/pending-operation.ts";
import type { BoardView, ViewChange } from "./board-view.ts";

/** The place of pending items, above all that the log has: this and their order. No board gets as far. */
const PENDING_Z = 2 ** 45;

/** Whether the item's place is that of one that is pending. */
export const isPendingZ = (z: number): boolean => z >= PENDING_Z;

/**
 * The board as the log has it, with the pending operations applied on top, in their order. Whatever happens, the items
 * that it touches are worked out again, and each difference is announced.
 */
export class OptimisticView implements BoardView {
  #base: BoardItems;
  #items: Map<ItemId, Item>;
  #inOrder: readonly Item[] | undefined;
  /** The highest place of an item; undefined when it has to be looked for. */
  #topZ: number | undefined;
  readonly #pending = new Set<PendingOperation>();
  readonly #pendingByItem = new Map<ItemId, Set<PendingOperation>>();
  readonly #pendingClears = new Set<PendingOperation>();
  readonly #changed = new Emitter<[ViewChange]>();
  readonly onChange = this.#changed.add;

  constructor(base: BoardItems) {
    this.#base = base;
    this.#items = byId(base);
  }

  items(): Iterable<Item> {
    this.#inOrder ??= new BoardItems(this.#items.values()).inOrder();
    return this.#inOrder;
  }

  get(id: ItemId): Item | undefined {
    return this.#items.get(id);
  }

  get size(): number {
    return this.#items.size;
  }

  /** What is applied on top. */
  get pending(): Iterable<PendingOperation> {
    return this.#pending;
  }

  /** Puts an operation on top, unless it is there. */
  push(pending: PendingOperation): void {
    if (this.#pending.has(pending)) return;
    this.#pending.add(pending);
    const ids = touchedItems(pending.operation);
    if (!ids) this.#pendingClears.add(pending);
    for (const id of ids ?? []) {
      const ofItem = this.#pendingByItem.get(id) ?? new Set();
      this.#pendingByItem.set(id, ofItem.add(pending));
    }
    this.refresh(pending.operation);
  }

  /** The log has brought an operation; `own` is the pending one that this was, if it was one. */
  apply(operation: Operation, own: PendingOperation | undefined): void {
    if (own) this.#untrack(own);
    this.refresh(operation);
  }

  /** Takes operations away that the log has already, or will never have. */
  drop(dropped: Iterable<PendingOperation>): void {
    for (const pending of dropped) if (this.#untrack(pending)) this.refresh(pending.operation);
  }

  /** The board of the log is another one, and contains some that were pending. */
  reset(base: BoardItems, contained: Iterable<PendingOperation> = []): void {
    for (const pending of contained) this.#untrack(pending);
    this.#base = base;
    const all = new BoardItems(base.values());
    for (const { operation, order } of inOrder(this.#pending)) all.apply(operation, PENDING_Z + order);
    this.#items = byId(all);
    this.#inOrder = undefined;
    this.#topZ = undefined;
    this.#changed.emit({ type: "reset" });
  }

  /** Works out the items again that an operation touches, and announces each difference. */
  refresh(operation: Operation): void {
    const removed: Item[] = [];
    for (const id of touchedItems(operation) ?? this.#allIds()) {
      const before = this.#items.get(id);
      const after = this.#overlaid(id);
      if (after) this.#show(before, after);
      else if (before) removed.push(before);
    }
    this.#remove(removed);
  }

  #untrack(pending: PendingOperation): boolean {
    this.#pendingClears.delete(pending);
    for (const id of touchedItems(pending.operation) ?? []) {
      const ofItem = this.#pendingByItem.get(id);
      ofItem?.delete(pending);
      if (ofItem?.size === 0) this.#pendingByItem.delete(id);
    }
    return this.#pending.delete(pending);
  }

  /** Of all items that are seen, or would be without what is pending, or with it alone. */
  #allIds(): Iterable<ItemId> {
    const based = [...this.#base.values()].map(({ id }) => id);
    return new Set([...this.#items.keys(), ...based, ...this.#pendingByItem.keys()]);
  }

  #overlaid(id: ItemId): Item | undefined {
    const item = this.#base.get(id);
    const ofItem = this.#pendingByItem.get(id) ?? [];
    const items = new BoardItems(item ? [item] : []);
    for (const { operation, order } of inOrder([...ofItem, ...this.#pendingClears])) {
      items.apply(operation, PENDING_Z + order);
    }
    return items.get(id);
  }

  #show(before: Item | undefined, after: Item): void {
    if (!before) return this.#put(after);
    if (before.z === after.z && before.points === after.points) return;
    if (!this.#isSamePlace(before, after) || !after.points.startsWith(before.points)) {
      this.#remove([before]);
      return this.#put(after);
    }
    this.#items.set(after.id, after);
    this.#inOrder = undefined;
    if (before.z !== after.z) this.#topZ = undefined;
    const points = after.points.slice(before.points.length);
    if (points !== "") this.#changed.emit({ type: "grown", item: after, points });
  }

  /** Whether nothing lies between: so it is when one's own operation gets its place in the board's order. */
  #isSamePlace(before: Item, after: Item): boolean {
    if (before.z === after.z) return true;
    const [low, high] = [Math.min(before.z, after.z), Math.max(before.z, after.z)];
    for (const { id, z } of this.#items.values()) if (z >= low && z <= high && id !== after.id) return false;
    return true;
  }

  #put(item: Item): void {
    this.#topZ ??= [...this.#items.values()].reduce((top, { z }) => Math.max(top, z), -1);
    const onTop = item.z > this.#topZ;
    this.#topZ = Math.max(this.#topZ, item.z);
    this.#items.set(item.id, item);
    this.#inOrder = undefined;
    this.#changed.emit({ type: "put", item, onTop });
  }

  #remove(items: readonly Item[]): void {
    if (items.length === 0) return;
    for (const { id } of items) this.#items.delete(id);
    this.#inOrder = undefined;
    this.#topZ = undefined;
    this.#changed.emit({ type: "removed", items });
  }
}

const byId = (items: BoardItems): Map<ItemId, Item> => new Map([...items.values()].map((item) => [item.id, item]));

const inOrder = (pending: Iterable<PendingOperation>): PendingOperation[] =>
  [...pending].sort((a, b) => a.order - b.order);
