import { setImmediate as endOfTurn } from "node:timers/promises";
import type { CommittedUpdate } from "@crosspod/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { textFrame } from "./frame.ts";
import { Hub, type HubCounters, type Reader, type Sink } from "./hub.ts";

/** A sink that has room for so many writes, and then none until it is drained. */
class TestSink implements Sink {
  readonly writes: Buffer[] = [];
  room = Number.POSITIVE_INFINITY;
  wantsState = false;
  greets = false;
  isStuck = false;

  stuck(): void {
    this.isStuck = true;
  }

  greeting(): Buffer | undefined {
    return this.greets ? textFrame('{"type":"hello"}') : undefined;
  }

  write(frames: Buffer): boolean {
    this.writes.push(frames);
    this.room -= 1;
    return this.room > 0;
  }

  get messages(): Record<string, unknown>[] {
    return parseFrames(Buffer.concat(this.writes)).map((text) => JSON.parse(text));
  }

  get updates(): Record<string, unknown>[] {
    return this.messages.filter(({ type }) => type === undefined);
  }
}

/** The texts of joined frames that are shorter than 64 KiB. */
function parseFrames(bytes: Buffer): string[] {
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const isShort = (bytes[at + 1] ?? 0) < 126;
    const start = at + (isShort ? 2 : 4);
    const length = isShort ? (bytes[at + 1] ?? 0) : bytes.readUInt16BE(at + 2);
    texts.push(bytes.toString("utf8", start, start + length));
    at = start + length;
  }
  return texts;
}

const counted = () => {
  const counts = { delivered: 0, conflated: 0 };
  const counters: HubCounters = {
    delivered: (count) => {
      counts.delivered += count;
    },
    conflated: (count) => {
      counts.conflated += count;
    },
    sent: () => {},
  };
  return { counts, counters };
};

const makeHub = (counters = counted().counters): Hub => {
  const hub = new Hub(counters);
  hub.reset({ epoch: "first", revision: 0, updates: [] });
  return hub;
};

const update = (revision: number, id = "8", value = `${revision}`): CommittedUpdate => ({
  id,
  value,
  revision,
  at: Date.now(),
});

/** A hub with readers of any speed, and what each of them must have in the end. */
class Scenario {
  readonly #hub = makeHub();
  readonly #newest = new Map<string, number>();
  readonly #readers: { readonly reader: Reader; readonly sink: TestSink }[] = [];
  readonly #left: { readonly writes: readonly Buffer[]; readonly count: number }[] = [];
  #revision = 0;

  publish(ids: readonly string[]): void {
    const updates = ids.map((id) => update(++this.#revision, id));
    for (const { id, revision } of updates) this.#newest.set(id, revision);
    this.#hub.publish(updates);
  }

  join(room: number): void {
    const sink = new TestSink();
    sink.room = room;
    sink.greets = true;
    this.#readers.push({ reader: this.#hub.join(sink), sink });
  }

  drain(index: number, room: number): void {
    const { reader, sink } = this.#readers[index] ?? {};
    if (sink) sink.room = room;
    reader?.drained();
  }

  leave(index: number): void {
    const [left] = this.#readers.splice(index, 1);
    left?.reader.leave();
    left?.reader.drained();
    const writes = left?.sink.writes;
    if (writes) this.#left.push({ writes, count: writes.length });
  }

  reset(): void {
    this.#newest.clear();
    this.#revision = 0;
    this.#hub.reset({ epoch: "another", revision: 0, updates: [] });
  }

  check(): void {
    for (const { writes, count } of this.#left) expect(writes).toHaveLength(count);
    for (const [index, { sink }] of this.#readers.entries()) {
      this.drain(index, Number.POSITIVE_INFINITY);
      const { messages } = sink;
      const updates = messages.slice(messages.findLastIndex(({ type }) => type === "hello") + 1);
      const revisions = updates.map(({ revision }) => revision as number);
      expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
      expect(new Map(updates.map(({ id, revision }) => [id, revision]))).toEqual(this.#newest);
    }
  }
}

type Step = (scenario: Scenario) => void | Promise<void>;

const ids = fc.array(fc.constantFrom("1", "2", "3", "4", "5"), { minLength: 1, maxLength: 8 });
const room = fc.integer({ min: 1, max: 3 });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: ids.map(
      (published): Step =>
        (scenario) =>
          scenario.publish(published),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.nat(4), room).map(
      ([index, size]): Step =>
        (scenario) =>
          scenario.drain(index, size),
    ),
  },
  {
    weight: 2,
    arbitrary: room.map(
      (size): Step =>
        (scenario) =>
          scenario.join(size),
    ),
  },
  { weight: 2, arbitrary: fc.constant<Step>(() => endOfTurn()) },
  {
    weight: 1,
    arbitrary: fc.nat(4).map(
      (index): Step =>
        (scenario) =>
          scenario.leave(index),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Step>((scenario) => scenario.reset()) },
);

describe("Hub", () => {
  test("[B4] joins the frames of one turn of the event loop into one write for each reader", async () => {
    const { counts, counters } = counted();
    const hub = makeHub(counters);
    const [one, two] = [new TestSink(), new TestSink()];
    hub.join(one);
    hub.join(two);
    hub.publish([update(1), update(2, "5")]);
    hub.publish([update(3)]);
    expect(one.writes).toEqual([]);
    await endOfTurn();
    expect(one.writes).toHaveLength(1);
    expect(one.writes[0]).toBe(two.writes[0]);
    expect(one.updates.map(({ revision }) => revision)).toEqual([1, 2, 3]);
    expect(counts).toEqual({ delivered: 6, conflated: 0 });
  });

  test("[B6] a late joiner gets the newest value of each id, in the order of the revisions, and nothing twice", async () => {
    const hub = makeHub();
    hub.publish([update(1, "1"), update(2, "2"), update(3, "1")]);
    const joined = async (): Promise<unknown[]> => {
      const sink = new TestSink();
      hub.join(sink);
      await endOfTurn();
      return sink.updates.map(({ id, revision }) => [id, revision]);
    };
    expect(await joined()).toEqual([
      ["2", 2],
      ["1", 3],
    ]);
    hub.publish([update(4, "2")]);
    expect(await joined()).toEqual([
      ["1", 3],
      ["2", 4],
    ]);
  });

  test("[B10] a reader whose socket is full gets nothing until it has drained, and then the newest of each id", async () => {
    const { counts, counters } = counted();
    const hub = makeHub(counters);
    const sink = new TestSink();
    const reader = hub.join(sink);
    sink.room = 1;
    hub.publish([update(1, "1")]);
    await endOfTurn();
    for (let revision = 2; revision <= 100; revision += 1) {
      hub.publish([update(revision, revision % 2 === 0 ? "2" : "1")]);
      await endOfTurn();
    }
    expect(sink.updates).toHaveLength(1);
    hub.tellStuck(performance.now() - 60_000);
    expect(sink.isStuck).toBe(false);
    hub.tellStuck(performance.now() + 1);
    expect(sink.isStuck).toBe(true);
    sink.room = Number.POSITIVE_INFINITY;
    reader.drained();
    expect(sink.updates.map(({ id, revision }) => [id, revision])).toEqual([
      ["1", 1],
      ["1", 99],
      ["2", 100],
    ]);
    expect(counts.conflated).toBe(97);
    expect(hub.behindCount).toBe(0);
  });

  test("[B10] whatever a reader's speed, it never gets an older value after a newer one and ends with the newest of each id", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 60 }), async (steps) => {
        const scenario = new Scenario();
        for (const step of steps) await step(scenario);
        await endOfTurn();
        scenario.check();
      }),
      { numRuns: 300 },
    );
  });

  test("[B10] a late joiner of a large feed is sent a bounded piece for each time that its socket has room", () => {
    const hub = makeHub();
    const value = "v".repeat(250);
    hub.publish(Array.from({ length: 3_000 }, (_, index) => update(index + 1, `id-${index}`, value)));
    const sink = new TestSink();
    sink.room = 1;
    const reader = hub.join(sink);
    expect(sink.writes).toHaveLength(1);
    expect(sink.writes[0]?.length).toBeLessThan(70_000);
    while (sink.updates.length < 3_000) {
      sink.room = 1;
      reader.drained();
    }
    expect(sink.updates.map(({ revision }) => revision)).toEqual(
      Array.from({ length: 3_000 }, (_, index) => index + 1),
    );
  });

  test("[B8] [B9] another data set reaches every reader from its start, the full ones when they have drained, after a new greeting", () => {
    const hub = makeHub();
    const [ready, full, plain] = [new TestSink(), new TestSink(), new TestSink()];
    ready.greets = true;
    full.greets = true;
    hub.join(ready);
    hub.join(plain);
    const fullReader = hub.join(full);
    full.room = 1;
    hub.publish([update(1), update(2)]);
    hub.reset({ epoch: "second", revision: 1, updates: [update(1, "5")] });
    full.room = Number.POSITIVE_INFINITY;
    fullReader.drained();
    for (const sink of [ready, full]) {
      expect(sink.messages.map(({ type, id }) => type ?? id)).toEqual(["hello", "8", "8", "hello", "5"]);
    }
    expect(plain.messages.map(({ id }) => id)).toEqual(["8", "8", "5"]);
  });

  test("[B8] the state goes to those who asked and are caught up, after the updates before it", () => {
    const hub = makeHub();
    const [asked, silent] = [new TestSink(), new TestSink()];
    asked.wantsState = true;
    hub.join(asked);
    hub.join(silent);
    hub.publish([update(1)]);
    hub.announce(textFrame('{"type":"state"}'));
    expect(asked.messages.map(({ type, id }) => type ?? id)).toEqual(["8", "state"]);
    expect(silent.messages.map(({ id }) => id)).toEqual(["8"]);
  });

  test("[B8] who is behind hears the state once it has caught up", async () => {
    const hub = makeHub();
    const sink = new TestSink();
    sink.wantsState = true;
    const reader = hub.join(sink);
    sink.room = 1;
    hub.publish([update(1)]);
    hub.announce(textFrame('{"type":"state","state":"stale"}'));
    hub.announce(textFrame('{"type":"state","state":"live"}'));
    hub.publish([update(2)]);
    sink.room = Number.POSITIVE_INFINITY;
    reader.drained();
    expect(sink.messages.map(({ state, revision }) => state ?? revision)).toEqual([1, 2, "live"]);
  });

  test("[B8] who asks for the state hears it alone, at once or when it has caught up", async () => {
    const hub = makeHub();
    const [ready, full] = [new TestSink(), new TestSink()];
    const readers = [ready, full].map((sink) => hub.join(sink));
    full.room = 1;
    hub.publish([update(1)]);
    await endOfTurn();
    for (const reader of readers) reader.tell(textFrame('{"type":"state"}'));
    expect([ready, full].map(({ messages }) => messages.map(({ type, id }) => type ?? id))).toEqual([
      ["8", "state"],
      ["8"],
    ]);
    full.room = Number.POSITIVE_INFINITY;
    for (const reader of readers) reader.drained();
    expect(full.messages.map(({ type, id }) => type ?? id)).toEqual(["8", "state"]);
    expect(ready.messages).toHaveLength(2);
  });

  test("nobody who left is written to", async () => {
    const hub = makeHub();
    const [ready, full] = [new TestSink(), new TestSink()];
    const reader = hub.join(full);
    hub.join(ready).leave();
    full.room = 1;
    hub.publish([update(1)]);
    await endOfTurn();
    reader.leave();
    hub.publish([update(2)]);
    await endOfTurn();
    reader.drained();
    hub.publish([update(3)]);
    await endOfTurn();
    expect(ready.updates).toEqual([]);
    expect(full.updates.map(({ revision }) => revision)).toEqual([1]);
    expect(hub.behindCount).toBe(0);
  });
});
