import { BoardItems, type Change, type Item, type ItemId, type Operation } from "@crosspod/protocol";
import type { AppliedOperation } from "./board-replica.ts";
import type { BoardView, ViewChange } from "./board-view.ts";
import { Listeners, type Unsubscribe } from "./listeners.ts";
import { type PendingOperation, touchedItems } from "./pending-operation.ts";

/** What is not committed lies above all that is: its place is this and its order among what is pending. No board gets as far. */
const PENDING_Z = 2 ** 45;

/** Whether the item's place is that of one that is not committed. */
export const isPendingZ = (z: number): boolean => z >= PENDING_Z;

/**
 * The committed board with the pending operations applied on top of it, one after the other. When something is committed, only the items that it touches are worked out again.
 */
export class OverlaidView implements BoardView {
  #committed: BoardItems;
  #items: Map<ItemId, Item>;
  #inOrder: readonly Item[] | undefined;
  /** The highest place of an item; undefined when it has to be looked for. */
  #topZ: number | undefined;
  readonly #pending = new Set<PendingOperation>();
  readonly #pendingByItem = new Map<ItemId, Set<PendingOperation>>();
  readonly #pendingClears = new Set<PendingOperation>();
  readonly #changed = new Listeners<[ViewChange]>();

  constructor(committed: BoardItems) {
    this.#committed = committed;
    this.#items = byId(committed);
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

  onChange(listener: (change: ViewChange) => void): Unsubscribe {
    return this.#changed.add(listener);
  }

  /** What is applied on top, in order. */
  get pending(): Iterable<PendingOperation> {
    return this.#pending;
  }

  /** Puts an operation on top of all. */
  push(pending: PendingOperation): void {
    this.#track(pending);
    if (isShown(pending)) this.#show(pending.operation, PENDING_Z + pending.order);
  }

  /** The last operation on this item has got more points. */
  grow(operation: Operation): void {
    this.#show(operation, PENDING_Z);
  }

  /** The committed board has changed; `own` is the pending operation that this was, if it was one. */
  apply({ committed: { operation }, change }: AppliedOperation, own: PendingOperation | undefined): void {
    const isNext = own !== undefined && !own.isDoubtful && this.#pending.values().next().value === own;
    if (own) this.#untrack(own);
    // What was the first on top of the committed board is now the last in it: the same picture.
    if (isNext) return this.#settle(own, change);
    if (!own && this.#isUntouched(operation)) return this.#follow(change);
    this.#workOut(this.#touched(operation, change));
  }

  /** Takes operations away that are in the committed board already, or never will be. */
  drop(dropped: Iterable<PendingOperation>): void {
    for (const pending of dropped) {
      if (!this.#pending.has(pending)) continue;
      this.#untrack(pending);
      this.#workOut(touchedItems(pending.operation) ?? this.#allIds());
    }
  }

  /** Whether these are shown has changed. */
  refresh(pending: Iterable<PendingOperation>): void {
    for (const { operation } of pending) this.#workOut(touchedItems(operation) ?? this.#allIds());
  }

  /** The committed board is another one. */
  reset(committed: BoardItems): void {
    this.#committed = committed;
    const all = new BoardItems(committed.values());
    for (const pending of this.#pending) {
      if (isShown(pending)) all.apply(pending.operation, PENDING_Z + pending.order);
    }
    this.#items = byId(all);
    this.#inOrder = undefined;
    this.#topZ = undefined;
    this.#changed.emit({ type: "reset" });
  }

  #track(pending: PendingOperation): void {
    this.#pending.add(pending);
    const ids = touchedItems(pending.operation);
    if (!ids) this.#pendingClears.add(pending);
    for (const id of ids ?? []) {
      const ofItem = this.#pendingByItem.get(id) ?? new Set();
      this.#pendingByItem.set(id, ofItem.add(pending));
    }
  }

  #untrack(pending: PendingOperation): void {
    this.#pending.delete(pending);
    this.#pendingClears.delete(pending);
    for (const id of touchedItems(pending.operation) ?? []) {
      const ofItem = this.#pendingByItem.get(id);
      ofItem?.delete(pending);
      if (ofItem?.size === 0) this.#pendingByItem.delete(id);
    }
  }

  /** Applies an operation to what is seen. */
  #show(operation: Operation, z: number): void {
    const removed: Item[] = [];
    for (const id of touchedItems(operation) ?? [...this.#items.keys()]) {
      const item = this.#items.get(id);
      const change = new BoardItems(item ? [item] : []).apply(operation, z);
      removed.push(...(change.removed ?? []));
      this.#follow({ ...(change.put && { put: change.put }), ...(change.grown && { grown: change.grown }) });
    }
    this.#follow({ removed });
  }

  /** Makes a change that is the same in the view. */
  #follow({ put, grown, removed = [] }: Change): void {
    if (put) this.#put(put);
    if (grown) this.#grow(grown.item, grown.points);
    this.#remove(removed);
  }

  /** An operation of one's own has got its place. */
  #settle({ order }: PendingOperation, { put }: Change): void {
    const item = put && this.#items.get(put.id);
    if (!item || item.z === put.z) return;
    if (item.z === PENDING_Z + order) this.#replace({ ...item, z: put.z });
    // It was to lie where it was in another epoch, which is above the top of this one.
    else this.#workOut([item.id]);
  }

  #isUntouched(operation: Operation): boolean {
    if (this.#pending.size === 0) return true;
    const ids = touchedItems(operation);
    return this.#pendingClears.size === 0 && ids !== undefined && ids.every((id) => !this.#pendingByItem.has(id));
  }

  #touched(operation: Operation, { removed = [] }: Change): Iterable<ItemId> {
    return touchedItems(operation) ?? new Set([...removed.map(({ id }) => id), ...this.#allIds()]);
  }

  /** Of all items that are seen, or would be without what is pending, or with it alone. */
  #allIds(): Iterable<ItemId> {
    const committed = [...this.#committed.values()].map(({ id }) => id);
    return new Set([...this.#items.keys(), ...committed, ...this.#pendingByItem.keys()]);
  }

  /** Looks up items in the committed board, applies what is pending, and shows what is different from before. */
  #workOut(ids: Iterable<ItemId>): void {
    const removed: Item[] = [];
    for (const id of ids) {
      const before = this.#items.get(id);
      const after = this.#overlaid(id);
      if (!after && before) removed.push(before);
      if (after) this.#turn(before, after);
    }
    this.#remove(removed);
  }

  #overlaid(id: ItemId): Item | undefined {
    const item = this.#committed.get(id);
    const items = new BoardItems(item ? [item] : []);
    const pending = [...(this.#pendingByItem.get(id) ?? []), ...this.#pendingClears].filter(isShown);
    for (const { operation, order } of pending.sort((a, b) => a.order - b.order)) {
      items.apply(operation, PENDING_Z + order);
    }
    return items.get(id);
  }

  #turn(before: Item | undefined, after: Item): void {
    if (!before) return this.#put(after);
    if (before.z === after.z && before.points === after.points) return;
    if (before.z === after.z && after.points.startsWith(before.points)) {
      return this.#grow(after, after.points.slice(before.points.length));
    }
    this.#remove([before]);
    this.#put(after);
  }

  #put(item: Item): void {
    this.#topZ ??= Math.max(-1, ...[...this.#items.values()].map(({ z }) => z));
    const onTop = item.z > this.#topZ;
    this.#topZ = Math.max(this.#topZ, item.z);
    this.#items.set(item.id, item);
    this.#inOrder = undefined;
    this.#changed.emit({ type: "put", item, onTop });
  }

  #grow(item: Item, points: string): void {
    this.#items.set(item.id, item);
    this.#inOrder = undefined;
    this.#changed.emit({ type: "grown", item, points });
  }

  #replace(item: Item): void {
    this.#items.set(item.id, item);
    this.#inOrder = undefined;
    this.#topZ = undefined;
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

/** What a snapshot may have already would show twice, unless it is of a kind that makes no difference the second time. */
const isShown = ({ isDoubtful, operation }: PendingOperation): boolean =>
  !isDoubtful || operation.type === "put" || operation.type === "remove";
