import { setImmediate as endOfTurn } from "node:timers/promises";
import type { AppendedUpdate } from "@crosspod/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { textFrame } from "./frame.ts";
import { Hub, type HubCounters } from "./hub.ts";
import type { Subscriber, Transport } from "./subscriber.ts";

/** A transport that has room for so many writes, and then none until it is drained. */
class TestTransport implements Transport {
  readonly writes: Buffer[] = [];
  room = Number.POSITIVE_INFINITY;
  wantsState = false;
  saysHello = false;
  isEvicted = false;

  evict(): void {
    this.isEvicted = true;
  }

  helloFrame(): Buffer | undefined {
    return this.saysHello ? textFrame('{"type":"hello"}') : undefined;
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
  const sent: number[] = [];
  const counters: HubCounters = {
    delivered: (count) => {
      counts.delivered += count;
    },
    conflated: (count) => {
      counts.conflated += count;
    },
    sent: (seconds) => {
      sent.push(seconds);
    },
  };
  return { counts, sent, counters };
};

const makeHub = (counters = counted().counters): Hub => {
  const hub = new Hub(counters);
  hub.reset({ epoch: "first", revision: 0, updates: [] });
  return hub;
};

const update = (revision: number, id = "8", value = `${revision}`): AppendedUpdate => ({
  id,
  value,
  revision,
  at: Date.now(),
});

/** A hub with subscribers of any speed, and what each of them must have in the end. */
class Scenario {
  readonly #hub = makeHub();
  readonly #newest = new Map<string, number>();
  readonly #subscribers: { readonly subscriber: Subscriber; readonly transport: TestTransport }[] = [];
  readonly #left: { readonly writes: readonly Buffer[]; readonly count: number }[] = [];
  #revision = 0;

  publish(ids: readonly string[]): void {
    const updates = ids.map((id) => update(++this.#revision, id));
    for (const { id, revision } of updates) this.#newest.set(id, revision);
    this.#hub.publish(updates);
  }

  join(room: number): void {
    const transport = new TestTransport();
    transport.room = room;
    transport.saysHello = true;
    this.#subscribers.push({ subscriber: this.#hub.subscribe(transport), transport });
  }

  drain(index: number, room: number): void {
    const { subscriber, transport } = this.#subscribers[index] ?? {};
    if (transport) transport.room = room;
    if (subscriber) this.#hub.drained(subscriber);
  }

  leave(index: number): void {
    const [left] = this.#subscribers.splice(index, 1);
    if (!left) return;
    this.#hub.unsubscribe(left.subscriber);
    this.#hub.drained(left.subscriber);
    const { writes } = left.transport;
    this.#left.push({ writes, count: writes.length });
  }

  reset(): void {
    this.#newest.clear();
    this.#revision = 0;
    this.#hub.reset({ epoch: "another", revision: 0, updates: [] });
  }

  check(): void {
    for (const { writes, count } of this.#left) expect(writes).toHaveLength(count);
    for (const [index, { transport }] of this.#subscribers.entries()) {
      this.drain(index, Number.POSITIVE_INFINITY);
      const { messages } = transport;
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
  test("[B4] joins the frames of one turn of the event loop into one write for each subscriber", async () => {
    const { counts, counters } = counted();
    const hub = makeHub(counters);
    const [one, two] = [new TestTransport(), new TestTransport()];
    hub.subscribe(one);
    hub.subscribe(two);
    hub.publish([update(1), update(2, "5")]);
    hub.publish([update(3)]);
    expect(one.writes).toEqual([]);
    await endOfTurn();
    expect(one.writes).toHaveLength(1);
    expect(one.writes[0]).toBe(two.writes[0]);
    expect(one.updates.map(({ revision }) => revision)).toEqual([1, 2, 3]);
    expect(counts).toEqual({ delivered: 6, conflated: 0 });
  });

  test("[B4] many updates of one turn are written in bounded pieces, not kept until its end", async () => {
    const hub = makeHub();
    const transport = new TestTransport();
    hub.subscribe(transport);
    const value = "v".repeat(1_000);
    hub.publish(Array.from({ length: 130 }, (_, index) => update(index + 1, `${index}`, value)));
    expect(transport.writes).toHaveLength(2);
    await endOfTurn();
    for (const { length } of transport.writes) expect(length).toBeLessThan(64 * 1024 + 2 * value.length);
    expect(transport.updates).toHaveLength(130);
  });

  test("[A1] counts the time from the append of a write's oldest update, in seconds", async () => {
    const { sent, counters } = counted();
    const hub = makeHub(counters);
    hub.publish([{ ...update(1), at: Date.now() - 5_000 }, update(2)]);
    await endOfTurn();
    expect(sent).toEqual([expect.closeTo(5, 0)]);
  });

  test("[B6] a late joiner gets the newest value of each id, in the order of the revisions, and nothing twice", async () => {
    const { counts, counters } = counted();
    const hub = makeHub(counters);
    hub.publish([update(1, "1"), update(2, "2"), update(3, "1")]);
    const joined = async (): Promise<unknown[]> => {
      const transport = new TestTransport();
      hub.subscribe(transport);
      await endOfTurn();
      return transport.updates.map(({ id, revision }) => [id, revision]);
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
    expect([hub.idCount, counts.conflated]).toEqual([2, 0]);
  });

  test("[B10] a subscriber whose socket is full gets nothing until it has drained, and then the newest of each id", async () => {
    const { counts, counters } = counted();
    const hub = makeHub(counters);
    const transport = new TestTransport();
    const subscriber = hub.subscribe(transport);
    transport.room = 1;
    hub.publish([update(1, "1")]);
    await endOfTurn();
    for (let revision = 2; revision <= 100; revision += 1) {
      hub.publish([update(revision, revision % 2 === 0 ? "2" : "1")]);
      await endOfTurn();
    }
    expect(transport.updates).toHaveLength(1);
    hub.evictSlowConsumers(60_000);
    expect(transport.isEvicted).toBe(false);
    hub.evictSlowConsumers(-1);
    expect(transport.isEvicted).toBe(true);
    transport.room = Number.POSITIVE_INFINITY;
    hub.drained(subscriber);
    expect(transport.updates.map(({ id, revision }) => [id, revision])).toEqual([
      ["1", 1],
      ["1", 99],
      ["2", 100],
    ]);
    expect(counts.conflated).toBe(97);
    expect(hub.laggingCount).toBe(0);
  });

  test("[B10] whatever a subscriber's speed, it never gets an older value after a newer one and ends with the newest of each id", async () => {
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
    const transport = new TestTransport();
    transport.room = 1;
    const subscriber = hub.subscribe(transport);
    expect(transport.writes).toHaveLength(1);
    expect(transport.writes[0]?.length).toBeLessThan(70_000);
    while (transport.updates.length < 3_000) {
      transport.room = 1;
      hub.drained(subscriber);
    }
    expect(transport.updates.map(({ revision }) => revision)).toEqual(
      Array.from({ length: 3_000 }, (_, index) => index + 1),
    );
  });

  test("[B8] [B9] another data set reaches every subscriber from its start, the full ones when they have drained, after a new hello", () => {
    const hub = makeHub();
    const [ready, full, plain] = [new TestTransport(), new TestTransport(), new TestTransport()];
    ready.saysHello = true;
    full.saysHello = true;
    hub.subscribe(ready);
    hub.subscribe(plain);
    const fullSubscriber = hub.subscribe(full);
    full.room = 1;
    hub.publish([update(1), update(2)]);
    hub.reset({ epoch: "second", revision: 1, updates: [update(1, "5")] });
    full.room = Number.POSITIVE_INFINITY;
    hub.drained(fullSubscriber);
    expect([hub.epoch, hub.revision]).toEqual(["second", 1]);
    for (const transport of [ready, full]) {
      expect(transport.messages.map(({ type, id }) => type ?? id)).toEqual(["hello", "8", "8", "hello", "5"]);
    }
    expect(plain.messages.map(({ id }) => id)).toEqual(["8", "8", "5"]);
  });

  test("[B8] the state goes to those who asked and are caught up, after the updates before it", () => {
    const hub = makeHub();
    const [asked, silent] = [new TestTransport(), new TestTransport()];
    asked.wantsState = true;
    hub.subscribe(asked);
    hub.subscribe(silent);
    hub.publish([update(1)]);
    hub.broadcast(textFrame('{"type":"state"}'));
    expect(asked.messages.map(({ type, id }) => type ?? id)).toEqual(["8", "state"]);
    expect(silent.messages.map(({ id }) => id)).toEqual(["8"]);
  });

  test("[B8] [B10] who is full after the state is sent nothing more until it has drained, and then no state again", async () => {
    const hub = makeHub();
    const state = textFrame('{"type":"state"}');
    const [told, asked, late] = [new TestTransport(), new TestTransport(), new TestTransport()];
    const transports = [told, asked, late];
    const subscribers = transports.map((transport) => hub.subscribe(transport));
    told.wantsState = true;
    late.room = 1;
    hub.publish([update(1)]);
    await endOfTurn();
    for (const transport of [told, asked]) transport.room = 1;
    hub.broadcast(state);
    hub.send(subscribers[1]!, state);
    hub.send(subscribers[2]!, state);
    late.room = 1;
    hub.drained(subscribers[2]!);
    expect(hub.laggingCount).toBe(3);
    hub.publish([update(2)]);
    await endOfTurn();
    for (const { messages } of transports) expect(messages.map(({ type, id }) => type ?? id)).toEqual(["8", "state"]);
    for (const [index, transport] of transports.entries()) {
      transport.room = 2;
      hub.drained(subscribers[index]!);
      expect(transport.messages.map(({ type, id }) => type ?? id)).toEqual(["8", "state", "8"]);
    }
    expect(hub.laggingCount).toBe(0);
  });

  test("[B8] who lags hears the state once it has caught up, if it asked for it", async () => {
    const hub = makeHub();
    const [transport, silent] = [new TestTransport(), new TestTransport()];
    transport.wantsState = true;
    const [subscriber, silentSubscriber] = [hub.subscribe(transport), hub.subscribe(silent)];
    transport.room = 1;
    silent.room = 1;
    hub.publish([update(1)]);
    hub.broadcast(textFrame('{"type":"state","state":"stale"}'));
    hub.broadcast(textFrame('{"type":"state","state":"live"}'));
    hub.publish([update(2)]);
    transport.room = Number.POSITIVE_INFINITY;
    hub.drained(subscriber);
    expect(transport.messages.map(({ state, revision }) => state ?? revision)).toEqual([1, 2, "live"]);
    silent.room = Number.POSITIVE_INFINITY;
    hub.drained(silentSubscriber);
    expect(silent.messages.map(({ state, revision }) => state ?? revision)).toEqual([1, 2]);
  });

  test("[B8] who asks for the state hears it alone, at once or when it has caught up", async () => {
    const hub = makeHub();
    const [ready, full] = [new TestTransport(), new TestTransport()];
    const subscribers = [ready, full].map((transport) => hub.subscribe(transport));
    full.room = 1;
    hub.publish([update(1)]);
    await endOfTurn();
    for (const subscriber of subscribers) hub.send(subscriber, textFrame('{"type":"state"}'));
    expect([ready, full].map(({ messages }) => messages.map(({ type, id }) => type ?? id))).toEqual([
      ["8", "state"],
      ["8"],
    ]);
    full.room = Number.POSITIVE_INFINITY;
    for (const subscriber of subscribers) hub.drained(subscriber);
    expect(full.messages.map(({ type, id }) => type ?? id)).toEqual(["8", "state"]);
    expect(ready.messages).toHaveLength(2);
  });

  test("nobody who left is written to", async () => {
    const hub = makeHub();
    const [ready, full] = [new TestTransport(), new TestTransport()];
    const subscriber = hub.subscribe(full);
    hub.unsubscribe(hub.subscribe(ready));
    full.room = 1;
    hub.publish([update(1)]);
    await endOfTurn();
    hub.unsubscribe(subscriber);
    hub.publish([update(2)]);
    await endOfTurn();
    hub.drained(subscriber);
    hub.publish([update(3)]);
    await endOfTurn();
    expect(ready.updates).toEqual([]);
    expect(full.updates.map(({ revision }) => revision)).toEqual([1]);
    expect(hub.laggingCount).toBe(0);
  });
});
