import {
  BoardItems,
  type ClientId,
  encodeItems,
  itemId,
  MAX_BOARD_POINTS,
  MAX_ITEM_POINTS,
  MAX_ITEMS,
  type Operation,
  type Position,
  parseEntries,
  parseItems,
  tokenOf,
} from "@crosspod/protocol";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { BoardBatch, BoardStore, Submission } from "../../apps/whiteboard/src/server/store/board-store.ts";
import { append as more, point, pointText, put } from "../helpers/board/strokes.ts";
import { submission } from "../helpers/board/submission.ts";

/** What a store under test keeps of the past: little, so that a test can go beyond it. */
export interface ContractOptions {
  readonly logOperations: number;
  readonly maxClients: number;
}

const OPTIONS: ContractOptions = { logOperations: 20, maxClients: 5 };
const BOARD = "default";
const ANNA = "anna-000";
const BERT = "bert-000";

/** Puts of so many items, in numbers from `from` on. */
const puts = (client: ClientId, from: number, count: number): Operation[] =>
  Array.from({ length: count }, (_, index) => put(itemId(client, from + index), [point(1, 1)]));

/** Everything that a store promises; `make` gives a new and empty one. */
export function describeBoardStore(name: string, make: (options: ContractOptions) => Promise<BoardStore>): void {
  describe(name, () => {
    let store: BoardStore;
    let published: BoardBatch[];
    let unsubscribe: () => void;

    beforeEach(async () => {
      store = await make(OPTIONS);
      published = [];
      await new Promise<void>((resolve) => {
        unsubscribe = store.subscribe(BOARD, { batch: (batch) => published.push(batch), subscribed: resolve });
      });
    });

    afterEach(() => unsubscribe());

    /** Resolves with what an append published. */
    const publishedAs = async ({ token }: Position): Promise<BoardBatch> => {
      const find = () => published.find((batch) => batch.token === token);
      await expect.poll(find, { interval: 1 }).toBeDefined();
      return find()!;
    };

    /** Appends to the board, and sees what was published. */
    const append = async (...submissions: Submission[]) => {
      const appended = await store.append(BOARD, submissions);
      const { position, count, outcomes } = appended;
      if (count === 0) return { ...appended, entries: [] };
      const { text, firstSeq } = await publishedAs(position);
      return { position, count, outcomes, firstSeq, entries: parseEntries(text, firstSeq) ?? [] };
    };

    const itemTexts = async (board = BOARD): Promise<string> => (await store.snapshot(board)).items;
    const itemsOf = async (board = BOARD) => parseItems(await itemTexts(board)) ?? [];
    const numberOf = async (client: ClientId) => (await store.join(BOARD, [client])).clientSeqs[0];

    describe("the order", () => {
      test("[W7] operations get consecutive sequence numbers from 1, in the order of their submissions", async () => {
        const first = await append(submission(ANNA, 1, put("anna-000.1"), more("anna-000.1")));
        const second = await append(submission(BERT, 1, put("bert-000.1")), submission(ANNA, 3, { type: "clear" }));
        expect([first.firstSeq, second.firstSeq]).toEqual([1, 3]);
        expect(second.position.epoch).toBe(first.position.epoch);
        expect(second.entries).toEqual([
          { client: BERT, clientSeq: 1, seq: 3, operation: put("bert-000.1") },
          { client: ANNA, clientSeq: 3, seq: 4, operation: { type: "clear" } },
        ]);
        expect(await store.head(BOARD)).toEqual(second.position);
        expect(second.position.seq).toBe(4);
      });

      test("[W7] appends that are asked for at the same time get numbers without gaps or repeats", async () => {
        const clients = Array.from({ length: OPTIONS.maxClients }, (_, index) => `client-${index}`);
        await Promise.all(
          clients.flatMap((client) => [
            append(submission(client, 1, put(`${client}.1`))),
            append(submission(client, 2, more(`${client}.1`))),
          ]),
        );
        const seqs = published.flatMap(({ firstSeq, seq }) => [firstSeq, seq]);
        expect(seqs).toEqual(Array.from({ length: 2 * clients.length }, (_, index) => [index + 1, index + 1]).flat());
      });

      test("[W2] boards know nothing of each other", async () => {
        await append(submission(ANNA, 1, put("anna-000.1")));
        expect(await store.head("other")).toMatchObject({ seq: 0 });
        const other = await store.append("other", [submission(ANNA, 1, put("anna-000.1"))]);
        expect(other).toMatchObject({ position: { seq: 1 }, count: 1, outcomes: [{ clientSeq: 1 }] });
        await store.append("other", [submission(ANNA, 2, { type: "clear" })]);
        expect(await itemsOf()).toHaveLength(1);
      });

      test("[W10] a board of which nothing is known is empty, at sequence number 0", async () => {
        const position = await store.head("new");
        expect(await store.snapshot("new")).toEqual({ position, items: "" });
        expect(position.seq).toBe(0);
      });
    });

    describe("numbers of a client", () => {
      test("[W6] an operation that comes again is dropped and acknowledged", async () => {
        await append(submission(ANNA, 1, put("anna-000.1"), more("anna-000.1")));
        const again = await append(submission(ANNA, 1, put("anna-000.1"), more("anna-000.1")));
        expect(again).toMatchObject({ position: { seq: 2 }, count: 0, outcomes: [{ clientSeq: 2, repeats: 2 }] });
        expect(again.outcomes[0]?.error).toBeUndefined();
        const first = await append(submission(ANNA, 1, put("anna-000.1")));
        expect(first.outcomes).toEqual([{ clientSeq: 2, repeats: 1 }]);
      });

      test("[W6] many thousand operations are taken in one append", async () => {
        const submissions = Array.from({ length: 40 }, (_, index) =>
          submission(ANNA, 1 + 500 * index, ...Array<Operation>(500).fill({ type: "clear" })),
        );
        const { entries, outcomes } = await append(...submissions);
        expect(entries).toHaveLength(20_000);
        expect(outcomes.at(-1)).toEqual({ clientSeq: 20_000, repeats: 0 });
      });

      test("[W6] of a submission that was stored in part only the rest is taken", async () => {
        await append(submission(ANNA, 1, put("anna-000.1")));
        const rest = await append(submission(ANNA, 1, put("anna-000.1"), more("anna-000.1"), { type: "clear" }));
        expect(rest.entries.map(({ clientSeq }) => clientSeq)).toEqual([2, 3]);
        expect(rest.outcomes).toEqual([{ clientSeq: 3, repeats: 1 }]);
      });

      test("[W6] the same submission twice in one append is taken once", async () => {
        const twice = submission(ANNA, 1, put("anna-000.1"), more("anna-000.1"));
        const { entries, outcomes } = await append(twice, twice);
        expect(entries).toHaveLength(2);
        expect(outcomes).toEqual([
          { clientSeq: 2, repeats: 0 },
          { clientSeq: 2, repeats: 2 },
        ]);
      });

      test("[W6] submissions of one client in one append go on from each other", async () => {
        const { outcomes } = await append(
          submission(ANNA, 1, put("anna-000.1")),
          submission(ANNA, 2, more("anna-000.1")),
        );
        expect(outcomes.map(({ clientSeq }) => clientSeq)).toEqual([1, 2]);
      });

      test("[W6] a number that leaves a gap is refused with the number that is next, and nothing of it is taken", async () => {
        const fresh = await append(submission(ANNA, 2, put("anna-000.2")));
        expect(fresh.entries).toEqual([]);
        expect(fresh.outcomes).toMatchObject([{ clientSeq: 0, error: { code: "gap", clientSeq: 2, next: 1 } }]);
        await append(submission(ANNA, 1, put("anna-000.1")));
        const later = await append(submission(ANNA, 3, put("anna-000.3"), put("anna-000.4")));
        expect(later.outcomes).toMatchObject([{ clientSeq: 1, error: { code: "gap", clientSeq: 3, next: 2 } }]);
        expect(await itemsOf()).toHaveLength(1);
      });

      test("[W6] what is refused of one client leaves the others of the same append alone", async () => {
        const { entries, outcomes } = await append(
          submission(ANNA, 1, put("anna-000.1")),
          submission(BERT, 7, put("bert-000.7")),
          submission(ANNA, 2, more("anna-000.1")),
        );
        expect(entries.map(({ client, clientSeq }) => [client, clientSeq])).toEqual([
          [ANNA, 1],
          [ANNA, 2],
        ]);
        expect(outcomes.map(({ error }) => error?.code)).toEqual([undefined, "gap", undefined]);
      });

      test("[W6] a client that was silent while many others came is forgotten, and has to start again", async () => {
        await append(submission(ANNA, 1, put("anna-000.1")));
        for (let index = 1; index <= OPTIONS.maxClients; index += 1) {
          expect(await numberOf(ANNA)).toBe(1);
          await append(submission(`client-${index}`, 1, put(`client-${index}.1`)));
        }
        const { outcomes } = await append(submission(ANNA, 2, more("anna-000.1")));
        expect(outcomes).toMatchObject([{ error: { code: "gap", next: 1 } }]);
      });

      test("[W6] a client that goes on is not forgotten", async () => {
        for (let index = 0; index <= OPTIONS.maxClients; index += 1) {
          await append(submission(ANNA, index + 1, { type: "clear" }));
          await append(submission(`client-${index}`, 1, { type: "clear" }));
        }
        expect(await numberOf(ANNA)).toBe(OPTIONS.maxClients + 1);
      });
    });

    describe("items", () => {
      test("[W5] operations on items that are not there, and a put of one that is, are taken and change nothing", async () => {
        await append(submission(ANNA, 1, put("anna-000.1")));
        const before = await itemTexts();
        const { outcomes } = await append(
          submission(
            BERT,
            1,
            put("anna-000.1", [point(9, 9)]),
            more("anna-000.2"),
            { ...more("anna-000.1"), pressure: true, points: "AAA" },
            { type: "remove", ids: ["anna-000.2"] },
          ),
        );
        expect(outcomes).toEqual([{ clientSeq: 4, repeats: 0 }]);
        expect(await itemTexts()).toBe(before);
      });

      test("[W5] a put with z lies where it was before", async () => {
        await append(submission(ANNA, 1, put("anna-000.1"), put("anna-000.2"), { type: "clear" }));
        await append(submission(ANNA, 4, put("anna-000.3"), { ...put("anna-000.1"), z: 1 }));
        const items = await itemsOf();
        expect(items.map(({ id, z }) => [id, z])).toEqual([
          ["anna-000.1", 1],
          ["anna-000.3", 4],
        ]);
      });

      test("[W5] a put with z lies there however high that is, and never above the top", async () => {
        await append(submission(ANNA, 1, ...puts(ANNA, 1, 40), { type: "clear" }));
        const places = [41, 11, 36 ** 5];
        await append(submission(BERT, 1, ...places.map((z, index) => ({ ...put(itemId(BERT, index)), z }))));
        expect((await itemsOf()).map(({ z }) => z)).toEqual([11, 41, 44]);
      });

      test("[W4] the points of an item are those of its put and its appends, pressure and all", async () => {
        const pen: Operation = { ...put("anna-000.1"), pressure: true, points: "AAAABC" };
        await append(submission(ANNA, 1, pen, { type: "append", id: "anna-000.1", pressure: true, points: "CCC" }));
        expect(await itemsOf()).toEqual([
          { id: "anna-000.1", color: "000000", width: 32, pressure: true, points: "AAAABCCCC", z: 1 },
        ]);
      });

      test("[W5] the items are those that all operations make, one after the other, whatever they are", async () => {
        await fc.assert(
          fc.asyncProperty(fc.uuid(), fc.array(anyOperation, { maxLength: 60 }), async (board, operations) => {
            const items = new BoardItems();
            for (const [index, operation] of operations.entries()) {
              items.apply(operation, index + 1);
              await store.append(board, [submission(ANNA, index + 1, operation)]);
            }
            expect(await itemTexts(board)).toBe(encodeItems(items.inOrder()));
          }),
          { numRuns: 30 },
        );
      });
    });

    describe("limits", () => {
      const fill = async (): Promise<number> => {
        for (let from = 1; from <= MAX_ITEMS; from += 500) {
          await append(submission(ANNA, from, ...puts(ANNA, from, 500)));
        }
        return MAX_ITEMS;
      };

      test("[W9] a put that makes too many items is refused; what is before it is taken, what follows is not", async () => {
        const n = await fill();
        const { entries, outcomes } = await append(
          submission(
            ANNA,
            n + 1,
            { type: "remove", ids: [itemId(ANNA, 1)] },
            put(itemId(ANNA, n + 1)),
            put(itemId(ANNA, n + 2)),
            { type: "clear" },
          ),
        );
        expect(entries.map(({ clientSeq }) => clientSeq)).toEqual([n + 1, n + 2]);
        expect(outcomes).toMatchObject([
          { clientSeq: n + 2, error: { code: "too-many-items", limit: MAX_ITEMS, clientSeq: n + 3 } },
        ]);
      });

      test("[W6] a number that was refused is still the next one", async () => {
        const n = await fill();
        await append(submission(ANNA, n + 1, put(itemId(ANNA, n + 1))));
        const { outcomes } = await append(submission(ANNA, n + 1, { type: "clear" }, put(itemId(ANNA, n + 1))));
        expect(outcomes).toEqual([{ clientSeq: n + 2, repeats: 0 }]);
      });

      test("[W9] a full board still takes what makes it no fuller", async () => {
        const n = await fill();
        const { outcomes } = await append(
          submission(ANNA, n + 1, put(itemId(ANNA, 1)), more(itemId(ANNA, 1)), more(itemId(ANNA, n + 9))),
        );
        expect(outcomes).toEqual([{ clientSeq: n + 3, repeats: 0 }]);
        const remove: Operation = { type: "remove", ids: [itemId(ANNA, n + 9)] };
        const { outcomes: refused } = await append(submission(ANNA, n + 4, remove, put(itemId(ANNA, n + 9))));
        expect(refused).toMatchObject([{ clientSeq: n + 4, error: { code: "too-many-items" } }]);
      });

      test.each([
        ["AA", false],
        ["-A_A", false],
        ["0gAz9A", false],
        ["AAA", true],
        ["-A_AgA", true],
      ])("[W9] an item takes so many points as %s, pressure %s", async (text, pressure) => {
        const full: Operation = { ...put("anna-000.1"), pressure, points: text.repeat(MAX_ITEM_POINTS) };
        const one: Operation = { ...more("anna-000.1"), pressure, points: text };
        const { outcomes } = await append(submission(ANNA, 1, full, one));
        expect(outcomes).toMatchObject([{ clientSeq: 1, error: { code: "too-many-points", clientSeq: 2 } }]);
      });

      test("[W9] a full item still takes an append of another kind of points, which changes nothing", async () => {
        const full: Operation = { ...put("anna-000.1"), points: pointText(MAX_ITEM_POINTS) };
        const other: Operation = { ...more("anna-000.1"), pressure: true, points: "AAA" };
        const { outcomes } = await append(submission(ANNA, 1, full, other));
        expect(outcomes).toEqual([{ clientSeq: 2, repeats: 0 }]);
      });

      test("[W9] an item takes so many points and no more, by its put and by its appends", async () => {
        const full: Operation = { ...put("anna-000.1"), points: pointText(MAX_ITEM_POINTS - 1) };
        const one: Operation = { ...more("anna-000.1"), points: pointText(1) };
        const limit = MAX_ITEM_POINTS;
        const byAppend = await append(submission(ANNA, 1, full, one, one));
        expect(byAppend.outcomes).toMatchObject([
          { clientSeq: 2, error: { code: "too-many-points", limit, clientSeq: 3 } },
        ]);
        const tooLong: Operation = { ...put("bert-000.1"), points: pointText(MAX_ITEM_POINTS + 1) };
        const byPut = await append(submission(BERT, 1, tooLong));
        expect(byPut.outcomes).toMatchObject([
          { clientSeq: 0, error: { code: "too-many-points", limit, clientSeq: 1 } },
        ]);
      });

      test("[W9] points of an item that was taken away do not count for one that comes with its id", async () => {
        const full: Operation = { ...put("anna-000.1"), points: pointText(MAX_ITEM_POINTS) };
        const remove: Operation = { type: "remove", ids: ["anna-000.1"] };
        const most: Operation = { ...full, points: pointText(MAX_ITEM_POINTS - 1) };
        const one: Operation = { ...more("anna-000.1"), points: pointText(1) };
        const { outcomes } = await append(submission(ANNA, 1, full, remove, most, one, { type: "clear" }, most, one));
        expect(outcomes).toEqual([{ clientSeq: 7, repeats: 0 }]);
      });

      test("[W9] a board takes so many points and no more, until some are taken away", async () => {
        const count = MAX_BOARD_POINTS / MAX_ITEM_POINTS;
        const full = (number: number): Operation => ({
          ...put(itemId(ANNA, number)),
          points: pointText(MAX_ITEM_POINTS - 1),
        });
        const last = (number: number): Operation => ({ ...more(itemId(ANNA, number)), points: pointText(1) });
        for (let number = 1; number <= count; number += 1) {
          await append(submission(ANNA, 2 * number - 1, full(number), last(number)));
        }
        const next = 2 * count + 1;
        const one = put(itemId(ANNA, next), [point(1, 1)]);
        const refused = await append(submission(ANNA, next, one));
        expect(refused.outcomes).toMatchObject([{ error: { code: "too-many-points", limit: MAX_BOARD_POINTS } }]);
        const remove: Operation = { type: "remove", ids: [itemId(ANNA, 1)] };
        const { outcomes } = await append(submission(ANNA, next, remove, one, more(itemId(ANNA, next))));
        expect(outcomes).toEqual([{ clientSeq: next + 2, repeats: 0 }]);
      });
    });

    describe("the log", () => {
      /** What follows a position; undefined when the log does not lead there. */
      const following = async (known: Position) => (await store.join(BOARD, [], known)).operations;

      test("[W10] each append publishes all that it took, once, in order, and names the one before it", async () => {
        const { token } = await store.head(BOARD);
        await append(
          submission(ANNA, 1, put("anna-000.1"), more("anna-000.1")),
          submission(BERT, 1, put("bert-000.1")),
        );
        await append(submission(ANNA, 3, { type: "clear" }));
        expect(published.map(({ firstSeq, seq }) => [firstSeq, seq])).toEqual([
          [1, 3],
          [4, 4],
        ]);
        expect(published.map(({ previous }) => previous)).toEqual([token, published[0]?.token]);
        expect(published.map(({ text }) => tokenOf(text))).toEqual(published.map((batch) => batch.token));
      });

      test("[W10] what is refused or came again is not published", async () => {
        await append(submission(ANNA, 1, put("anna-000.1")));
        await append(submission(ANNA, 1, put("anna-000.1")), submission(BERT, 2, put("bert-000.2")));
        await append(submission(ANNA, 2, { type: "clear" }));
        expect(published.map(({ seq }) => seq)).toEqual([1, 2]);
      });

      test("[W10] who has unsubscribed hears nothing more", async () => {
        unsubscribe();
        await store.append(BOARD, [submission(ANNA, 1, put("anna-000.1"))]);
        await store.head(BOARD);
        expect(published).toEqual([]);
      });

      test("[W10] who knows the board up to an append gets the operations past it", async () => {
        const first = await append(submission(ANNA, 1, put("anna-000.1"), more("anna-000.1")));
        await append(submission(BERT, 1, { type: "clear" }));
        const last = await append(submission(ANNA, 3, put("anna-000.2")));
        expect(parseEntries((await following(first.position)) ?? "", 3)).toEqual([
          { client: BERT, clientSeq: 1, seq: 3, operation: { type: "clear" } },
          { client: ANNA, clientSeq: 3, seq: 4, operation: put("anna-000.2") },
        ]);
        expect(await following(last.position)).toBe("");
        expect(await store.read(BOARD, first.position)).toMatchObject({
          rest: { ...last.position, firstSeq: 3, previous: first.position.token },
        });
      });

      test("[W10] who knows it from its beginning gets all", async () => {
        const beginning = await store.head(BOARD);
        await append(submission(ANNA, 1, put("anna-000.1")));
        await append(submission(ANNA, 2, put("anna-000.2")));
        expect(parseEntries((await following(beginning)) ?? "", 1)).toHaveLength(2);
      });

      test("[W10] nothing follows another epoch, a number that was never given, or the token of another history", async () => {
        const { position } = await append(submission(ANNA, 1, put("anna-000.1")));
        const last = await append(submission(ANNA, 2, put("anna-000.2")));
        expect(await following({ ...position, epoch: "another" })).toBeUndefined();
        expect(await following({ ...last.position, seq: 9 })).toBeUndefined();
        expect(await following({ ...position, token: "abcd" })).toBeUndefined();
        expect(await following({ ...last.position, token: "abcd" })).toBeUndefined();
        expect(await store.read(BOARD, { ...position, epoch: "another" })).toEqual({ whole: last.position });
        expect(await store.head(BOARD)).toEqual(last.position);
        const two = await append(submission(ANNA, 3, put("anna-000.3"), put("anna-000.4")));
        await append(submission(ANNA, 5, { type: "clear" }));
        expect(await following({ ...two.position, seq: 3 })).toBeUndefined();
      });

      test("[W10] the log reaches back so many operations; nothing is said of what is older", async () => {
        const beginning = await store.head(BOARD);
        const old = await append(submission(ANNA, 1, put("anna-000.1")));
        const recent = await append(submission(ANNA, 2, put("anna-000.2")));
        await append(submission(ANNA, 3, ...puts(ANNA, 3, OPTIONS.logOperations - 1)));
        expect(parseEntries((await following(recent.position)) ?? "", 3)).toHaveLength(OPTIONS.logOperations - 1);
        expect(await following(old.position)).toBeUndefined();
        expect(await following(beginning)).toBeUndefined();
      });

      test("[W10] who joins gets the numbers of its clients, those of nobody else", async () => {
        await append(
          submission(ANNA, 1, put("anna-000.1"), more("anna-000.1")),
          submission(BERT, 1, { type: "clear" }),
        );
        const { position, clientSeqs } = await store.join(BOARD, [BERT, "somebody", ANNA]);
        expect(clientSeqs).toEqual([1, 0, 2]);
        expect(position).toEqual(await store.head(BOARD));
      });

      test("[W10] the numbers and the position of who joins are of the same moment, whatever is appended meanwhile", async () => {
        await store.head(BOARD);
        const joins = [];
        for (let clientSeq = 1; clientSeq <= 10; clientSeq += 1) {
          const appending = append(submission(ANNA, clientSeq, put(itemId(ANNA, clientSeq))));
          joins.push(store.join(BOARD, [ANNA]));
          await appending;
        }
        for (const { position, clientSeqs } of await Promise.all(joins)) expect(clientSeqs).toEqual([position.seq]);
      });

      test("[W10] a whole board and what follows it make the board", async () => {
        await append(submission(ANNA, 1, put("anna-000.1"), put("anna-000.2")));
        const { position, items } = await store.snapshot(BOARD);
        await append(submission(ANNA, 3, more("anna-000.1"), { type: "remove", ids: ["anna-000.2"] }));
        const replica = new BoardItems(parseItems(items));
        for (const { operation, seq } of parseEntries((await following(position)) ?? "", position.seq + 1) ?? []) {
          replica.apply(operation, seq);
        }
        expect(encodeItems(replica.inOrder())).toBe(await itemTexts());
      });

      test("[W10] what was published, one after the other, makes the board", async () => {
        for (let clientSeq = 1; clientSeq <= 30; clientSeq += 3) {
          const id = itemId(ANNA, clientSeq);
          await append(submission(ANNA, clientSeq, put(id), more(id), put(itemId(ANNA, clientSeq + 1))));
        }
        const replica = new BoardItems();
        for (const { text, firstSeq } of published) {
          for (const { operation, seq } of parseEntries(text, firstSeq) ?? []) replica.apply(operation, seq);
        }
        expect(encodeItems(replica.inOrder())).toBe(await itemTexts());
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
