import { BoardItems, type Item, itemId, type Operation } from "@crosspod/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { PendingOperation } from "../outbox/pending-operation.ts";
import type { ViewChange } from "./board-view.ts";
import { OptimisticView } from "./optimistic-view.ts";

const LOOK = { color: "000000", width: 1, pressure: false };

const ids = fc.integer({ min: 1, max: 5 }).map((number) => itemId("aaaaaaaa", number));
const operations: fc.Arbitrary<Operation> = fc.oneof(
  fc
    .record({ id: ids, z: fc.integer({ min: 1, max: 3 }) }, { requiredKeys: ["id"] })
    .map((some): Operation => ({ type: "put", ...some, ...LOOK, points: "AA" })),
  fc
    .tuple(ids, fc.constantFrom("CC", "EE"))
    .map(([id, points]): Operation => ({ type: "append", id, pressure: false, points })),
  fc.array(ids, { minLength: 1, maxLength: 3 }).map((some): Operation => ({ type: "remove", ids: some })),
  fc.constant<Operation>({ type: "clear" }),
);

type Event =
  | { readonly type: "perform"; readonly operation: Operation }
  | { readonly type: "other"; readonly operation: Operation }
  /** One of the pending operations gets its place, is dropped, or comes back after its place was lost. */
  | { readonly type: "append" | "drop" | "return"; readonly index: number }
  | { readonly type: "snapshot" };

const events: fc.Arbitrary<Event> = fc.oneof(
  operations.map((operation): Event => ({ type: "perform", operation })),
  operations.map((operation): Event => ({ type: "other", operation })),
  fc.nat(2).map((index): Event => ({ type: "append", index })),
  fc.nat(2).map((index): Event => ({ type: "drop", index })),
  fc.nat(2).map((index): Event => ({ type: "return", index })),
  fc.constant<Event>({ type: "snapshot" }),
);

/** A view, what it must show worked out from the beginning, and somebody who draws what the view says. */
class Model {
  #base = new BoardItems();
  readonly view = new OptimisticView(this.#base);
  #drawn: Item[] = [];
  #pending: PendingOperation[] = [];
  /** Those that were pending once. */
  #past: PendingOperation[] = [];
  #seq = 0;
  #order = 0;

  constructor() {
    this.view.onChange((change) => this.#draw(change));
  }

  handle(event: Event): void {
    switch (event.type) {
      case "perform":
        return this.#perform(event.operation);
      case "other":
        return this.#append(event.operation, undefined);
      case "append":
        return this.#take(event.index, (pending) => this.#append(pending.operation, pending));
      case "drop":
        return this.#take(event.index, (pending) => this.view.drop([pending]));
      case "return":
        return this.#return(event.index);
      case "snapshot":
        this.#base = new BoardItems(this.#base.values());
        return this.view.reset(this.#base, this.#pending.splice(0, this.#seq % 2));
    }
  }

  check(): void {
    const items = new BoardItems(this.#base.values());
    for (const { operation, order } of this.#pending) items.apply(operation, 2 ** 45 + order);
    expect([...this.view.items()]).toEqual(items.inOrder());
    expect(this.#drawn.map(pictureOf)).toEqual(items.inOrder().map(pictureOf));
  }

  #perform(operation: Operation): void {
    this.#order += 1;
    const pending = { client: "aaaaaaaa", clientSeq: this.#order, order: this.#order, operation, isStored: true };
    this.#pending.push(pending);
    this.view.push(pending);
  }

  #append(operation: Operation, own: PendingOperation | undefined): void {
    this.#seq += 1;
    this.#base.apply(operation, this.#seq);
    this.view.apply(operation, own);
  }

  #take(index: number, use: (pending: PendingOperation) => void): void {
    const [pending] = this.#pending.splice(index, 1);
    if (!pending) return;
    this.#past.push(pending);
    use(pending);
  }

  #return(index: number): void {
    const [pending] = this.#past.splice(index, 1);
    if (!pending) return;
    this.#pending = [...this.#pending, pending].sort((a, b) => a.order - b.order);
    this.view.push(pending);
    this.view.push(pending);
  }

  #draw(change: ViewChange): void {
    switch (change.type) {
      case "put":
        expect(this.#indexOf(change.item)).toBe(-1);
        this.#drawn = change.onTop ? [...this.#drawn, change.item] : [...this.view.items()];
        return;
      case "grown": {
        const index = this.#indexOf(change.item);
        expect(`${this.#drawn[index]?.points}${change.points}`).toBe(change.item.points);
        this.#drawn[index] = change.item;
        return;
      }
      case "removed":
        for (const item of change.items) expect(this.#drawn.splice(this.#indexOf(item), 1)).toHaveLength(1);
        return;
      case "reset":
        this.#drawn = [...this.view.items()];
    }
  }

  #indexOf({ id }: Item): number {
    return this.#drawn.findIndex((item) => item.id === id);
  }
}

const pictureOf = ({ id, points }: Item): string => `${id} ${points}`;

test("[W5] [W7] the view is always the board of the log with what is pending on top, and its changes say how to draw it", () => {
  fc.assert(
    fc.property(fc.array(events, { maxLength: 40 }), (happening) => {
      const model = new Model();
      for (const event of happening) {
        model.handle(event);
        model.check();
      }
    }),
    { numRuns: 1_000 },
  );
});

test("[W7] an operation of one's own that gets its place is not drawn again, unless something lies between", () => {
  const view = new OptimisticView(new BoardItems());
  const changes: ViewChange[] = [];
  const perform = (order: number): PendingOperation => {
    const operation: Operation = { type: "put", id: itemId("aaaaaaaa", order), ...LOOK, points: "AA" };
    const pending = { client: "aaaaaaaa", clientSeq: order, order, operation, isStored: true };
    view.push(pending);
    return pending;
  };
  const base = new BoardItems();
  view.reset(base);
  const [first, second] = [perform(1), perform(2)];
  view.onChange((change) => changes.push(change));
  base.apply(first.operation, 1);
  view.apply(first.operation, first);
  expect(changes).toEqual([]);
  const other: Operation = { type: "put", id: itemId("bbbbbbbb", 1), ...LOOK, points: "AA" };
  base.apply(other, 2);
  view.apply(other, undefined);
  base.apply(second.operation, 3);
  view.apply(second.operation, second);
  expect(changes.map(({ type }) => type)).toEqual(["put"]);
  expect([...view.items()].map(({ z }) => z)).toEqual([1, 2, 3]);
});

test("[W5] a new item is said to lie on top where all others lie below it, which spares who draws it a search", () => {
  const base = new BoardItems();
  const view = new OptimisticView(base);
  const onTop: boolean[] = [];
  view.onChange((change) => change.type === "put" && onTop.push(change.onTop));
  const put = (number: number, z?: number): Operation => {
    const id = itemId("aaaaaaaa", number);
    return { type: "put", id, ...LOOK, points: "AA", ...(z !== undefined && { z }) };
  };
  const append = (operation: Operation, seq: number, own?: PendingOperation): void => {
    base.apply(operation, seq);
    view.apply(operation, own);
  };
  append(put(1), 1);
  append(put(2), 2);
  append(put(3, 1), 3);
  const own = { client: "aaaaaaaa", clientSeq: 4, order: 1, operation: put(4), isStored: true };
  view.push(own);
  append(own.operation, 4, own);
  append(put(5), 5);
  expect(onTop).toEqual([true, true, false, true, true]);
});
