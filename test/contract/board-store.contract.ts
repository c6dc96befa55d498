import {
  BoardItems,
  type ClientId,
  encodeItems,
  type History,
  itemId,
  MAX_BOARD_POINTS,
  MAX_ITEM_POINTS,
  MAX_ITEMS,
  type Operation,
  parseCommitted,
  parseItems,
} from "@crosspod/protocol";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { BoardStore, Submission } from "../../apps/whiteboard/src/server/board-store.ts";
import { append, point, pointText, put } from "../helpers/strokes.ts";

/** What a store under test keeps of the past: little, so that a test can go beyond it. */
export interface ContractOptions {
  readonly logOperations: number;
  readonly maxClients: number;
}

const OPTIONS: ContractOptions = { logOperations: 20, maxClients: 5 };
const BOARD = "default";
const ANNA = "anna-000";
const BERT = "bert-000";

const submission = (client: ClientId, firstN: number, ...operations: Operation[]): Submission => ({
  client,
  firstN,
  operations,
});

/** The items of a history that has them all. */
const itemsOf = (history: History) => parseItems(history.items ?? "no items");

/** Puts of so many items, in numbers from `from` on. */
const puts = (client: ClientId, from: number, count: number): Operation[] =>
  Array.from({ length: count }, (_, index) => put(itemId(client, from + index), [point(1, 1)]));

/** Everything that a store promises; `make` gives a new and empty one, `dispose` is given it when the test has ended. */
export function describeBoardStore(
  name: string,
  make: (options: ContractOptions) => Promise<BoardStore>,
  dispose: (store: BoardStore) => Promise<void> = (store) => store.close(),
): void {
  describe(name, () => {
    let store: BoardStore;

    beforeEach(async () => {
      store = await make(OPTIONS);
    });

    afterEach(() => dispose(store));

    const commit = (...submissions: Submission[]) => store.commit(BOARD, submissions);

    describe("the order", () => {
      test("[W7] operations get consecutive sequence numbers from 1, in the order of their submissions", async () => {
        const first = await commit(submission(ANNA, 1, put("anna-000.1"), append("anna-000.1")));
        const second = await commit(submission(BERT, 1, put("bert-000.1")), submission(ANNA, 3, { type: "clear" }));
        expect([first.firstSeq, second.firstSeq]).toEqual([1, 3]);
        expect(second.epoch).toBe(first.epoch);
        expect(second.committed).toEqual([
          { client: BERT, n: 1, operation: put("bert-000.1") },
          { client: ANNA, n: 3, operation: { type: "clear" } },
        ]);
        expect(await store.head(BOARD)).toEqual({ epoch: first.epoch, seq: 4 });
      });

      test("[W7] commits that are asked for at the same time get numbers without gaps or repeats", async () => {
        const clients = Array.from({ length: OPTIONS.maxClients }, (_, index) => `client-${index}`);
        const commits = await Promise.all(
          clients.flatMap((client) => [
            commit(submission(client, 1, put(`${client}.1`))),
            commit(submission(client, 2, append(`${client}.1`))),
          ]),
        );
        const seqs = commits.map(({ firstSeq }) => firstSeq).sort((a, b) => a - b);
        expect(seqs).toEqual(Array.from({ length: 2 * clients.length }, (_, index) => index + 1));
      });

      test("[W2] boards know nothing of each other", async () => {
        await commit(submission(ANNA, 1, put("anna-000.1")));
        expect(await store.head("other")).toMatchObject({ seq: 0 });
        const other = await store.commit("other", [submission(ANNA, 1, put("anna-000.1"))]);
        expect(other).toMatchObject({ firstSeq: 1, outcomes: [{ n: 1 }] });
        await store.commit("other", [submission(ANNA, 2, { type: "clear" })]);
        expect(itemsOf(await store.history(BOARD))).toHaveLength(1);
      });

      test("[W10] a board of which nothing is known is empty, at sequence number 0", async () => {
        const history = await store.history("new");
        expect(history).toEqual({ epoch: (await store.head("new")).epoch, seq: 0, items: "" });
      });
    });

    describe("numbers of a client", () => {
      test("[W6] an operation that comes again is dropped and acknowledged", async () => {
        await commit(submission(ANNA, 1, put("anna-000.1"), append("anna-000.1")));
        const again = await commit(submission(ANNA, 1, put("anna-000.1"), append("anna-000.1")));
        expect(again).toMatchObject({ firstSeq: 3, committed: [], outcomes: [{ n: 2, repeats: 2 }] });
        expect(again.outcomes[0]?.error).toBeUndefined();
      });

      test("[W6] of a submission that was stored in part only the rest is taken", async () => {
        await commit(submission(ANNA, 1, put("anna-000.1")));
        const commit2 = await commit(submission(ANNA, 1, put("anna-000.1"), append("anna-000.1"), { type: "clear" }));
        expect(commit2.committed.map(({ n }) => n)).toEqual([2, 3]);
        expect(commit2.outcomes).toEqual([{ n: 3, repeats: 1 }]);
      });

      test("[W6] the same submission twice in one commit is taken once", async () => {
        const twice = submission(ANNA, 1, put("anna-000.1"), append("anna-000.1"));
        const { committed, outcomes } = await commit(twice, twice);
        expect(committed).toHaveLength(2);
        expect(outcomes).toEqual([
          { n: 2, repeats: 0 },
          { n: 2, repeats: 2 },
        ]);
      });

      test("[W6] submissions of one client in one commit go on from each other", async () => {
        const { outcomes } = await commit(
          submission(ANNA, 1, put("anna-000.1")),
          submission(ANNA, 2, append("anna-000.1")),
        );
        expect(outcomes.map(({ n }) => n)).toEqual([1, 2]);
      });

      test("[W6] a number that leaves a gap is refused with the number that is next, and nothing of it is taken", async () => {
        const fresh = await commit(submission(ANNA, 2, put("anna-000.2")));
        expect(fresh.committed).toEqual([]);
        expect(fresh.outcomes).toMatchObject([{ n: 0, error: { code: "gap", n: 2, next: 1 } }]);
        await commit(submission(ANNA, 1, put("anna-000.1")));
        const later = await commit(submission(ANNA, 3, put("anna-000.3"), put("anna-000.4")));
        expect(later.outcomes).toMatchObject([{ n: 1, error: { code: "gap", n: 3, next: 2 } }]);
        expect(itemsOf(await store.history(BOARD))).toHaveLength(1);
      });

      test("[W6] what is refused of one client leaves the others of the same commit alone", async () => {
        const { committed, outcomes } = await commit(
          submission(ANNA, 1, put("anna-000.1")),
          submission(BERT, 7, put("bert-000.7")),
          submission(ANNA, 2, append("anna-000.1")),
        );
        expect(committed.map(({ client, n }) => [client, n])).toEqual([
          [ANNA, 1],
          [ANNA, 2],
        ]);
        expect(outcomes.map(({ error }) => error?.code)).toEqual([undefined, "gap", undefined]);
      });

      test("[W6] a client that was silent while many others came is forgotten, and has to start again", async () => {
        await commit(submission(ANNA, 1, put("anna-000.1")));
        for (let index = 0; index < OPTIONS.maxClients; index += 1) {
          await commit(submission(`client-${index}`, 1, put(`client-${index}.1`)));
        }
        const { outcomes } = await commit(submission(ANNA, 2, append("anna-000.1")));
        expect(outcomes).toMatchObject([{ error: { code: "gap", next: 1 } }]);
      });

      test("[W6] a client that goes on is not forgotten", async () => {
        for (let index = 0; index <= OPTIONS.maxClients; index += 1) {
          await commit(submission(ANNA, index + 1, { type: "clear" }));
          await commit(submission(`client-${index}`, 1, { type: "clear" }));
        }
        expect((await store.join(BOARD, ANNA)).n).toBe(OPTIONS.maxClients + 1);
      });
    });

    describe("items", () => {
      test("[W5] operations on items that are not there, and a put of one that is, are taken and change nothing", async () => {
        await commit(submission(ANNA, 1, put("anna-000.1")));
        const before = (await store.history(BOARD)).items;
        const { outcomes } = await commit(
          submission(
            BERT,
            1,
            put("anna-000.1", [point(9, 9)]),
            append("anna-000.2"),
            { ...append("anna-000.1"), pressure: true, points: "AAA" },
            { type: "remove", ids: ["anna-000.2"] },
          ),
        );
        expect(outcomes).toEqual([{ n: 4, repeats: 0 }]);
        expect((await store.history(BOARD)).items).toBe(before);
      });

      test("[W5] a put with z lies where it was before", async () => {
        await commit(submission(ANNA, 1, put("anna-000.1"), put("anna-000.2"), { type: "clear" }));
        await commit(submission(ANNA, 4, put("anna-000.3"), { ...put("anna-000.1"), z: 1 }));
        const items = itemsOf(await store.history(BOARD));
        expect(items?.map(({ id, z }) => [id, z])).toEqual([
          ["anna-000.1", 1],
          ["anna-000.3", 4],
        ]);
      });

      test("[W4] the points of an item are those of its put and its appends, pressure and all", async () => {
        const pen: Operation = { ...put("anna-000.1"), pressure: true, points: "AAAABC" };
        await commit(submission(ANNA, 1, pen, { type: "append", id: "anna-000.1", pressure: true, points: "CCC" }));
        expect(itemsOf(await store.history(BOARD))).toEqual([
          { id: "anna-000.1", color: "000000", width: 32, pressure: true, points: "AAAABCCCC", z: 1 },
        ]);
      });

      test("[W5] the items are those that all operations make, one after the other, whatever they are", async () => {
        await fc.assert(
          fc.asyncProperty(fc.uuid(), fc.array(anyOperation, { maxLength: 60 }), async (board, operations) => {
            const items = new BoardItems();
            for (const [index, operation] of operations.entries()) {
              items.apply(operation, index + 1);
              await store.commit(board, [submission(ANNA, index + 1, operation)]);
            }
            expect((await store.history(board)).items).toBe(encodeItems(items.inOrder()));
          }),
          { numRuns: 30 },
        );
      });
    });

    describe("limits", () => {
      const fill = async (): Promise<number> => {
        for (let from = 1; from <= MAX_ITEMS; from += 500) {
          await commit(submission(ANNA, from, ...puts(ANNA, from, 500)));
        }
        return MAX_ITEMS;
      };

      test("[W9] a put that makes too many items is refused; what is before it is taken, what follows is not", async () => {
        const n = await fill();
        const { committed, outcomes } = await commit(
          submission(
            ANNA,
            n + 1,
            { type: "remove", ids: [itemId(ANNA, 1)] },
            put(itemId(ANNA, n + 1)),
            put(itemId(ANNA, n + 2)),
            { type: "clear" },
          ),
        );
        expect(committed.map((operation) => operation.n)).toEqual([n + 1, n + 2]);
        expect(outcomes).toMatchObject([{ n: n + 2, error: { code: "too-many-items", limit: MAX_ITEMS, n: n + 3 } }]);
      });

      test("[W6] a number that was refused is still the next one", async () => {
        const n = await fill();
        await commit(submission(ANNA, n + 1, put(itemId(ANNA, n + 1))));
        const { outcomes } = await commit(submission(ANNA, n + 1, { type: "clear" }, put(itemId(ANNA, n + 1))));
        expect(outcomes).toEqual([{ n: n + 2, repeats: 0 }]);
      });

      test("[W9] a full board still takes what makes it no fuller", async () => {
        const n = await fill();
        const { outcomes } = await commit(
          submission(ANNA, n + 1, put(itemId(ANNA, 1)), append(itemId(ANNA, 1)), append(itemId(ANNA, n + 9))),
        );
        expect(outcomes).toEqual([{ n: n + 3, repeats: 0 }]);
      });

      test("[W9] an item takes so many points and no more, by its put and by its appends", async () => {
        const full: Operation = { ...put("anna-000.1"), points: pointText(MAX_ITEM_POINTS - 1) };
        const one: Operation = { ...append("anna-000.1"), points: pointText(1) };
        const limit = MAX_ITEM_POINTS;
        const byAppend = await commit(submission(ANNA, 1, full, one, one));
        expect(byAppend.outcomes).toMatchObject([{ n: 2, error: { code: "too-many-points", limit, n: 3 } }]);
        const tooLong: Operation = { ...put("bert-000.1"), points: pointText(MAX_ITEM_POINTS + 1) };
        const byPut = await commit(submission(BERT, 1, tooLong));
        expect(byPut.outcomes).toMatchObject([{ n: 0, error: { code: "too-many-points", limit, n: 1 } }]);
      });

      test("[W9] points of an item that was taken away do not count for one that comes with its id", async () => {
        const full: Operation = { ...put("anna-000.1"), points: pointText(MAX_ITEM_POINTS) };
        const remove: Operation = { type: "remove", ids: ["anna-000.1"] };
        const most: Operation = { ...full, points: pointText(MAX_ITEM_POINTS - 1) };
        const one: Operation = { ...append("anna-000.1"), points: pointText(1) };
        const { outcomes } = await commit(submission(ANNA, 1, full, remove, most, one, { type: "clear" }, most, one));
        expect(outcomes).toEqual([{ n: 7, repeats: 0 }]);
      });

      test("[W9] a board takes so many points and no more, until some are taken away", async () => {
        const count = MAX_BOARD_POINTS / MAX_ITEM_POINTS;
        const full = (number: number): Operation => ({
          ...put(itemId(ANNA, number)),
          points: pointText(MAX_ITEM_POINTS),
        });
        for (let number = 1; number <= count; number += 1) await commit(submission(ANNA, number, full(number)));
        const one = put(itemId(ANNA, count + 1), [point(1, 1)]);
        const refused = await commit(submission(ANNA, count + 1, one));
        expect(refused.outcomes).toMatchObject([{ error: { code: "too-many-points", limit: MAX_BOARD_POINTS } }]);
        const remove: Operation = { type: "remove", ids: [itemId(ANNA, 1)] };
        const { outcomes } = await commit(submission(ANNA, count + 1, remove, one, append(itemId(ANNA, count + 1))));
        expect(outcomes).toEqual([{ n: count + 3, repeats: 0 }]);
      });
    });

    describe("history", () => {
      test("[W10] who knows the board up to a number gets the operations past it", async () => {
        const { epoch } = await commit(submission(ANNA, 1, put("anna-000.1"), append("anna-000.1")));
        await commit(submission(BERT, 1, { type: "clear" }));
        const { seq, operations, items } = await store.history(BOARD, { epoch, seq: 1 });
        expect(items).toBeUndefined();
        expect(seq).toBe(3);
        expect(parseCommitted(operations ?? "", 2)).toEqual([
          { client: ANNA, n: 2, seq: 2, operation: append("anna-000.1") },
          { client: BERT, n: 1, seq: 3, operation: { type: "clear" } },
        ]);
      });

      test("[W10] who knows all gets no operations, and not the whole board", async () => {
        const { epoch } = await commit(submission(ANNA, 1, put("anna-000.1")));
        expect(await store.history(BOARD, { epoch, seq: 1 })).toEqual({ epoch, seq: 1, operations: "" });
      });

      test("[W10] who knows nothing, another epoch or a number that was never given gets the whole board", async () => {
        const { epoch } = await commit(submission(ANNA, 1, put("anna-000.1")));
        const whole = await store.history(BOARD);
        expect(whole).toMatchObject({ epoch, seq: 1 });
        expect(itemsOf(whole)).toHaveLength(1);
        expect(await store.history(BOARD, { epoch: "another", seq: 1 })).toEqual(whole);
        expect(await store.history(BOARD, { epoch, seq: 2 })).toEqual(whole);
      });

      test("[W10] the log reaches back so many operations; who knows less gets the whole board", async () => {
        const count = OPTIONS.logOperations + 5;
        const { epoch } = await commit(submission(ANNA, 1, ...puts(ANNA, 1, count)));
        const oldest = await store.history(BOARD, { epoch, seq: 5 });
        expect(parseCommitted(oldest.operations ?? "", 6)).toHaveLength(OPTIONS.logOperations);
        const older = await store.history(BOARD, { epoch, seq: 4 });
        expect(older.operations).toBeUndefined();
        expect(itemsOf(older)).toHaveLength(count);
      });

      test("[W10] who joins gets the history and its own number", async () => {
        const { epoch } = await commit(submission(ANNA, 1, put("anna-000.1"), append("anna-000.1")));
        await commit(submission(BERT, 1, { type: "clear" }));
        expect(await store.join(BOARD, ANNA, { epoch, seq: 3 })).toEqual({
          history: { epoch, seq: 3, operations: "" },
          n: 2,
        });
        expect(await store.join(BOARD, "somebody")).toEqual({ history: { epoch, seq: 3, items: "" }, n: 0 });
      });

      test("[W10] the number and the history of who joins are of the same moment, whatever is committed meanwhile", async () => {
        const { epoch } = await store.head(BOARD);
        const joins = [];
        for (let n = 1; n <= 10; n += 1) {
          const committing = commit(submission(ANNA, n, put(itemId(ANNA, n))));
          joins.push(store.join(BOARD, ANNA, { epoch, seq: 0 }));
          await committing;
        }
        for (const { history, n } of await Promise.all(joins)) expect(n).toBe(history.seq);
      });

      test("[W10] the operations past any number bring who has come that far to the whole board", async () => {
        const { epoch } = await store.head(BOARD);
        const replica = new BoardItems();
        let seq = 0;
        for (let n = 1; n <= 30; n += 3) {
          await commit(submission(ANNA, n, put(itemId(ANNA, n)), append(itemId(ANNA, n)), put(itemId(ANNA, n + 1))));
          const { operations } = await store.history(BOARD, { epoch, seq });
          for (const { operation, seq: at } of parseCommitted(operations ?? "", seq + 1) ?? []) {
            replica.apply(operation, at);
            seq = at;
          }
        }
        expect(encodeItems(replica.inOrder())).toBe((await store.history(BOARD)).items);
      });
    });
  });
}

const anyId = fc.integer({ min: 1, max: 6 }).map((number) => itemId(ANNA, number));
const anyPressure = fc.boolean();
const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({
    type: fc.constant("put" as const),
    id: anyId,
    color: fc.constantFrom("000000", "ff0000"),
    width: fc.integer({ min: 1, max: 1_000 }),
    pressure: anyPressure,
    points: fc.constant("AAABACAAA"),
  }),
  fc.record({ type: fc.constant("append" as const), id: anyId, pressure: anyPressure, points: fc.constant("ACAACA") }),
  fc.record({ type: fc.constant("remove" as const), ids: fc.array(anyId, { minLength: 1, maxLength: 3 }) }),
  fc.record({ type: fc.constant("clear" as const) }),
);
