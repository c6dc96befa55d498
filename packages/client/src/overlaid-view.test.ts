import { BoardItems, type Item, itemId, type Operation } from "@crosspod/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { BoardReplica } from "./board-replica.ts";
import type { ViewChange } from "./board-view.ts";
import { OverlaidView } from "./overlaid-view.ts";
import type { PendingOperation } from "./pending-operation.ts";

const ids = fc.integer({ min: 1, max: 5 }).map((number) => itemId("aaaaaaaa", number));
const operations: fc.Arbitrary<Operation> = fc.oneof(
  ids.map((id): Operation => ({ type: "put", id, color: "000000", width: 1, pressure: false, points: "AA" })),
  fc
    .tuple(ids, fc.constantFrom("CC", "EE"))
    .map(([id, points]): Operation => ({ type: "append", id, pressure: false, points })),
  fc.array(ids, { minLength: 1, maxLength: 3 }).map((some): Operation => ({ type: "remove", ids: some })),
  fc.constant<Operation>({ type: "clear" }),
);

type Event =
  | { readonly type: "perform"; readonly operation: Operation }
  | { readonly type: "other"; readonly operation: Operation }
  /** One of the pending operations gets its place, is dropped, or becomes doubtful or not. */
  | { readonly type: "commit" | "drop" | "doubt"; readonly index: number }
  | { readonly type: "snapshot" };

const events: fc.Arbitrary<Event> = fc.oneof(
  operations.map((operation): Event => ({ type: "perform", operation })),
  operations.map((operation): Event => ({ type: "other", operation })),
  fc.nat(2).map((index): Event => ({ type: "commit", index })),
  fc.nat(2).map((index): Event => ({ type: "drop", index })),
  fc.nat(2).map((index): Event => ({ type: "doubt", index })),
  fc.constant<Event>({ type: "snapshot" }),
);

/** A view, what it must show worked out from the beginning, and somebody who draws what the view says. */
class Model {
  readonly #replica = new BoardReplica((applied) => this.view.apply(applied, this.#own));
  readonly view = new OverlaidView(this.#replica.items);
  #drawn: Item[] = [];
  #pending: PendingOperation[] = [];
  #own: PendingOperation | undefined;
  #order = 0;

  constructor() {
    this.view.onChange((change) => this.#draw(change));
  }

  handle(event: Event): void {
    switch (event.type) {
      case "perform":
        return this.#perform(event.operation);
      case "other":
        return this.#commit(event.operation, undefined);
      case "commit":
        return this.#take(event.index, (pending) => this.#commit(pending.operation, pending));
      case "drop":
        return this.#take(event.index, (pending) => this.view.drop([pending]));
      case "doubt":
        return this.#doubt(this.#pending[event.index]);
      case "snapshot":
        this.#replica.reset({ epoch: "e", seq: this.#replica.seq }, [...this.#replica.items.values()]);
        return this.view.reset(this.#replica.items);
    }
  }

  check(): void {
    const items = new BoardItems(this.#replica.items.values());
    for (const { operation, order, isDoubtful } of this.#pending) {
      if (!isDoubtful || operation.type === "put" || operation.type === "remove")
        items.apply(operation, 2 ** 45 + order);
    }
    expect([...this.view.items()]).toEqual(items.inOrder());
    expect(this.#drawn.map(pictureOf)).toEqual(items.inOrder().map(pictureOf));
  }

  #perform(operation: Operation): void {
    this.#order += 1;
    const known = { client: "aaaaaaaa", n: this.#order, order: this.#order, wasSent: true, isStored: true };
    const pending: PendingOperation = { ...known, operation, acknowledgedAt: undefined, isDoubtful: false };
    this.#pending.push(pending);
    this.view.push(pending);
  }

  #commit(operation: Operation, own: PendingOperation | undefined): void {
    this.#own = own;
    const seq = this.#replica.seq + 1;
    this.#replica.receive([{ client: own ? "aaaaaaaa" : "bbbbbbbb", n: seq, operation, seq }]);
  }

  #take(index: number, use: (pending: PendingOperation) => void): void {
    const [pending] = this.#pending.splice(index, 1);
    if (pending) use(pending);
  }

  #doubt(pending: PendingOperation | undefined): void {
    if (!pending) return;
    pending.isDoubtful = !pending.isDoubtful;
    this.view.refresh([pending]);
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

test("[W5] [W7] the view is always the committed board with what is pending on top, and its changes say how to draw it", () => {
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
