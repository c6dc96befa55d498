import { countEntries, encodeEntry, type Position, TOKEN_MARK } from "@crosspod/protocol";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import type { BoardBatch } from "../store/board-store.ts";
import { BoardHistory, clientSeqsAfter } from "./board-history.ts";

const ANNA = "anna-000";
const BERT = "bert-000";
const EPOCH = "e";
const MAX_CHARACTERS = 512 * 1024;
const START: Position = { epoch: EPOCH, seq: 7, token: "toke" };

/** A log whose every append has another token. */
class Log {
  position = START;
  readonly #clientSeqs = new Map<string, number>();

  append(clients: readonly string[], text = "c"): BoardBatch {
    const { seq, token: previous } = this.position;
    const token = `t${seq + clients.length}`.padEnd(4, "_");
    const entries = clients.map((client) => {
      const clientSeq = (this.#clientSeqs.get(client) ?? 0) + 1;
      this.#clientSeqs.set(client, clientSeq);
      return encodeEntry(client, clientSeq, text);
    });
    this.position = { epoch: EPOCH, seq: seq + clients.length, token };
    return { ...this.position, previous, firstSeq: seq + 1, text: entries.join(";") + TOKEN_MARK + token };
  }
}

describe("what a pod remembers of a board", () => {
  let log: Log;
  let history: BoardHistory;

  const push = (...clients: string[]): BoardBatch => {
    const batch = log.append(clients);
    history.push(batch, MAX_CHARACTERS);
    return batch;
  };

  beforeEach(() => {
    log = new Log();
    history = new BoardHistory(START);
  });

  test("[W10] it is where the newest batch has brought it", () => {
    expect(history.position).toEqual(START);
    push(ANNA, BERT);
    expect(history.position).toEqual(log.position);
  });

  test("[W10] it knows what follows each append that it has taken, and its beginning", () => {
    const first = push(ANNA, BERT);
    const between = history.position;
    const second = push(ANNA);
    expect(history.after(START)).toBe(`${first.text};${second.text}`);
    expect(history.after(between)).toBe(second.text);
    expect(history.after(history.position)).toBe("");
  });

  test("[W10] it knows what follows an append of which it read others together", () => {
    const [one, two, three] = [log.append([ANNA]), log.append([BERT, ANNA]), log.append([BERT])];
    const text = `${one.text};${two.text};${three.text}`;
    history.push({ ...three, previous: one.previous, firstSeq: one.firstSeq, text }, MAX_CHARACTERS);
    expect(history.after(one)).toBe(`${two.text};${three.text}`);
    expect(history.after(two)).toBe(three.text);
    const last = push(ANNA);
    expect(history.after(two)).toBe(`${three.text};${last.text}`);
  });

  test("[W10] it says nothing of another epoch, another history, a number within an append, or one that is not there", () => {
    push(ANNA, BERT);
    const { position } = history;
    const strangers: Position[] = [
      { ...position, epoch: "f" },
      { ...position, token: "othr" },
      { ...START, token: "othr" },
      { ...position, seq: position.seq - 1 },
      { ...position, seq: position.seq + 1 },
      { ...START, seq: 3 },
      { ...START, seq: 0, token: "" },
    ];
    for (const stranger of strangers) expect(history.after(stranger)).toBeUndefined();
  });

  test("[W10] it knows what follows a position of the last release, which has no token", () => {
    const start = { ...START, token: "" };
    history = new BoardHistory(start);
    const first = push(ANNA);
    expect(history.after(start)).toBe(first.text);
  });

  test("[W10] it has the whole board as soon as that was read, with what follows it", () => {
    expect(history.whole()).toBeUndefined();
    push(ANNA);
    history.remember({ position: history.position, items: "items" });
    expect(history.whole()).toEqual({ ...history.position, items: "items", operations: "" });
    expect(history.snapshotSize).toBe(5);
    const more = push(BERT);
    expect(history.whole()).toEqual({ ...history.position, items: "items", operations: more.text });
    history.forgetSnapshot();
    expect([history.whole(), history.snapshotSize]).toEqual([undefined, 0]);
  });

  test("[W10] a whole board of another history is none", () => {
    history.remember({ position: { ...START, token: "othr" }, items: "items" });
    expect(history.whole()).toBeUndefined();
  });

  test("[W10] of what is too long it forgets the older half, and the whole board before that", () => {
    const long = `a1,${"AA".repeat(32 * 1024)}`;
    const appends = Array.from({ length: 9 }, () => log.append([ANNA], long));
    for (const [index, batch] of appends.entries()) {
      history.push(batch, MAX_CHARACTERS);
      if (index === 0) history.remember({ position: batch, items: "items" });
    }
    const countAfter = (position: Position) => {
      const text = history.after(position);
      return text === undefined ? undefined : countEntries(text);
    };
    expect([countAfter(START), history.whole()]).toEqual([undefined, undefined]);
    expect(appends.map(countAfter)).toEqual([undefined, undefined, undefined, 5, 4, 3, 2, 1, 0]);
    expect(history.position).toEqual(log.position);
  });
});

describe("the newest numbers of clients", () => {
  test("[W10] are those in what follows, and the ones from before of all others", () => {
    const { text } = new Log().append([ANNA, BERT, ANNA, ANNA]);
    expect(clientSeqsAfter(text, [BERT, "somebody", ANNA], [0, 4, 0])).toEqual([1, 4, 3]);
    expect(clientSeqsAfter("", [BERT], [2])).toEqual([2]);
    expect(clientSeqsAfter(text, [], [])).toEqual([]);
  });

  test("[W10] are the same whether they are asked for before some appends or after", () => {
    const clients = ["client-0", "client-1", "client-2"];
    const appends = fc.array(fc.array(fc.constantFrom(...clients), { minLength: 1, maxLength: 4 }), { maxLength: 12 });
    fc.assert(
      fc.property(appends, fc.nat(12), (all, at) => {
        const log = new Log();
        const history = new BoardHistory(START);
        const batches = all.map((each) => log.append(each));
        for (const batch of batches) history.push(batch, MAX_CHARACTERS);
        const countUpTo = (count: number) =>
          clients.map(
            (client) =>
              all
                .slice(0, count)
                .flat()
                .filter((each) => each === client).length,
          );
        const known = batches.slice(0, at).at(-1) ?? START;
        const since = history.after(known) ?? "not known";
        expect(clientSeqsAfter(since, clients, countUpTo(at))).toEqual(countUpTo(all.length));
      }),
    );
  });
});
