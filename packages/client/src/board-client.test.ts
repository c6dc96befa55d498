import {
  type BoardError,
  BoardEvent,
  type ClientId,
  encodeCommitted,
  encodeItems,
  encodePoints,
  type Item,
  itemId,
  MAX_BOARD_POINTS,
  MAX_ITEMS,
  MAX_MESSAGE_LENGTH,
  MAX_MESSAGE_OPERATIONS,
  type NumberedOperation,
  type Operation,
  PEOPLE_TTL_SECONDS,
  parseOperations,
} from "@crosspod/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BoardClient, type BoardClientOptions } from "./board-client.ts";
import type { BoardTransport, Loss } from "./board-transport.ts";
import type { ViewChange } from "./board-view.ts";
import { MemoryOutboxStorage } from "./outbox-storage.ts";

const STYLE = { color: "ff0000", width: 3, pressure: false };
const POINT = { x: 100, y: 100 };
const OTHER = "otherone";
/** So long that no connection is silent for too long, unless a test says otherwise. */
const HEAD_SECONDS = 3_600;

interface Asked {
  readonly event: string;
  readonly args: readonly unknown[];
  reply(reply: unknown): Promise<void>;
}

/** A connection whose other side is the test. */
class ScriptedTransport implements BoardTransport {
  readonly asked: Asked[] = [];
  readonly sent: unknown[][] = [];
  renewals = 0;
  wakes = 0;
  id: string | undefined;
  readonly #rejections = new Set<() => void>();
  readonly #listeners = new Map<string, (...args: readonly unknown[]) => void>();
  #onHeard = (): void => {};
  #onConnect = (): void => {};
  #onDisconnect = (_loss: Loss): void => {};

  request(event: string, ...args: readonly unknown[]): Promise<unknown> {
    // Whether anybody is there is no matter of these tests.
    if (event === BoardEvent.alive) return new Promise(() => {});
    return new Promise((resolve, reject) => {
      this.#rejections.add(() => reject(new Error("lost")));
      const reply = async (value: unknown): Promise<void> => {
        this.#onHeard();
        resolve(value);
        await settled();
      };
      this.asked.push({ event, args, reply });
    });
  }

  send(...message: readonly unknown[]): void {
    this.sent.push([...message]);
  }

  on(event: string, listener: (...args: readonly unknown[]) => void): void {
    this.#listeners.set(event, listener);
  }

  onHeard(listener: () => void): void {
    this.#onHeard = listener;
  }

  onConnect(listener: () => void): void {
    this.#onConnect = listener;
  }

  onDisconnect(listener: (loss: Loss) => void): void {
    this.#onDisconnect = listener;
  }

  renew(): void {
    this.renewals += 1;
    void this.disconnect();
  }

  wake(): void {
    this.wakes += 1;
  }

  close(): void {}

  /** The service sends an event. */
  emit(event: string, ...args: readonly unknown[]): void {
    this.#onHeard();
    this.#listeners.get(event)?.(...args);
  }

  connect(): void {
    this.id = "me";
    this.#onConnect();
  }

  async disconnect(loss: Loss = "other"): Promise<void> {
    this.id = undefined;
    for (const reject of this.#rejections) reject();
    this.#onDisconnect(loss);
    await settled();
  }

  /** Takes the oldest request, which must be of this event. */
  take(event: string): Asked {
    const asked = this.asked.shift();
    expect(asked?.event).toBe(event);
    return asked as Asked;
  }

  /** Takes the oldest message of operations. */
  takeOperations(): { client: ClientId; firstN: number; operations: Operation[]; reply: Asked["reply"] } {
    const { args, reply } = this.take("o");
    const [client, firstN, text] = args as [ClientId, number, string];
    expect(text.length).toBeLessThanOrEqual(MAX_MESSAGE_LENGTH);
    return { client, firstN, operations: parseOperations(text, client) ?? [], reply };
  }

  commit(seq: number, ...operations: NumberedOperation[]): void {
    this.emit("o", seq, encodeCommitted(operations));
  }
}

class LastingStorage extends MemoryOutboxStorage {
  override readonly outlivesPage = true;
}

class FullStorage extends LastingStorage {
  override put(): void {
    throw new Error("QuotaExceededError");
  }
}

const settled = async (): Promise<void> => {
  await vi.advanceTimersByTimeAsync(0);
};

const pointsOf = (...points: { x: number; y: number }[]): string => encodePoints(points, STYLE);

const item = (number: number, z: number, client = OTHER): Item => ({
  id: itemId(client, number),
  ...STYLE,
  points: pointsOf(POINT),
  z,
});

const putOf = ({ z: _, ...rest }: Item): Operation => ({ type: "put", ...rest });

function open(options: Partial<BoardClientOptions> = {}) {
  const transport = new ScriptedTransport();
  const client = new BoardClient({
    url: "http://board.test",
    board: "plans",
    name: "Ada",
    connect: () => transport,
    ...options,
  });
  client.open();
  return { client, transport };
}

const joined = (more: object = {}) => ({
  ok: { epoch: "e1", seq: 0, items: "", n: 0, pod: "pod-1", version: "1", headSeconds: HEAD_SECONDS, ...more },
});

async function openLive(items: Item[] = [], options: Partial<BoardClientOptions> = {}) {
  const opened = open(options);
  opened.transport.connect();
  await opened.transport.take("join").reply(joined({ seq: items.length, items: encodeItems(items) }));
  return opened;
}

const idsOf = (client: BoardClient): string[] => [...client.view.items()].map(({ id }) => id);

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a stroke of one's own", () => {
  test("[W6] is seen at once, and sent at once; what follows goes together", async () => {
    const { client, transport } = await openLive();
    const stroke = client.beginStroke(STYLE, POINT);
    expect(client.view.get(stroke.id)?.points).toBe(pointsOf(POINT));
    const first = transport.takeOperations();
    expect(first).toMatchObject({ firstN: 1, operations: [{ type: "put", id: stroke.id }] });
    stroke.extend([{ x: 110, y: 100 }]);
    stroke.extend([{ x: 120, y: 100 }]);
    expect(transport.asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(33);
    const points = encodePoints(
      [
        { x: 110, y: 100 },
        { x: 120, y: 100 },
      ],
      STYLE,
      POINT,
    );
    expect(transport.takeOperations()).toMatchObject({
      client: first.client,
      firstN: 2,
      operations: [{ type: "append", id: stroke.id, points }],
    });
  });

  test.each(["acknowledged", "seen"])(
    "[W6] [W7] is not shown twice, nor not at all, when it is %s first",
    async (what) => {
      const { client, transport } = await openLive();
      const { id } = client.beginStroke(STYLE, POINT);
      const { client: author, operations, reply } = transport.takeOperations();
      const see = () => transport.commit(1, ...operations.map((operation) => ({ client: author, n: 1, operation })));
      if (what === "seen") see();
      else await reply({ ok: { n: 1 } });
      expect(idsOf(client)).toEqual([id]);
      if (what === "seen") await reply({ ok: { n: 1 } });
      else see();
      expect(idsOf(client)).toEqual([id]);
      expect(client.view.get(id)).toMatchObject({ z: 1, points: pointsOf(POINT) });
      expect(client.saveState).toEqual({ state: "saved" });
    },
  );

  test("[W6] is told to be under way, and then saved", async () => {
    const { client, transport } = await openLive();
    expect(client.saveState).toEqual({ state: "saved" });
    client.beginStroke(STYLE, POINT);
    expect(client.saveState).toEqual({ state: "saving", operations: 1 });
    await transport.takeOperations().reply({ ok: { n: 1 } });
    expect(client.saveState).toEqual({ state: "saved" });
  });

  test("[W9] that gets long goes on in a new item, from where it was, and is one step to undo", async () => {
    const { client } = await openLive();
    const stroke = client.beginStroke(STYLE, POINT);
    const many = Array.from({ length: 9_000 }, (_, index) => ({ x: index, y: index % 9_000 }));
    stroke.extend(many);
    stroke.end();
    expect(client.view.size).toBe(3);
    client.undo();
    expect(client.view.size).toBe(0);
    client.redo();
    expect(client.view.size).toBe(3);
  });

  test("[W6] that was drawn without a connection is sent when there is one, and said not to be saved until then", async () => {
    const { client, transport } = open();
    client.beginStroke(STYLE, POINT).end();
    expect(client.saveState).toMatchObject({ state: "not-saved", operations: 1, reason: "there is no connection" });
    transport.connect();
    await transport.take("join").reply(joined());
    await transport.takeOperations().reply({ ok: { n: 1 } });
    expect(client.saveState).toEqual({ state: "saved" });
  });

  test.each([
    { where: "in a storage that outlives the page", storage: () => new LastingStorage(), isKept: true },
    { where: "in memory", storage: () => new MemoryOutboxStorage(), isKept: false },
    { where: "in a storage that is full", storage: () => new FullStorage(), isKept: false },
  ])("[W6] that waits $where is said to be kept: $isKept", async ({ storage, isKept }) => {
    const { client } = open({ storage: storage() });
    client.beginStroke(STYLE, POINT).end();
    client.flush();
    expect(client.saveState).toMatchObject({ state: "not-saved", operations: 1, isKept });
  });

  test("[W6] is under way, whether or not there is room to keep it", async () => {
    const { client, transport } = await openLive([], { storage: new FullStorage() });
    client.beginStroke(STYLE, POINT).end();
    expect(client.saveState).toEqual({ state: "saving", operations: 1 });
    await transport.takeOperations().reply({ ok: { n: 1 } });
    expect(client.saveState).toEqual({ state: "saved" });
  });
});

describe("operations that were not acknowledged", () => {
  test("[W6] [W10] are sent again from the oldest on, after a join that says what is known", async () => {
    const { client, transport } = await openLive([item(1, 1)]);
    const stroke = client.beginStroke(STYLE, POINT);
    const first = transport.takeOperations();
    await transport.disconnect();
    expect(client.state).toBe("reconnecting");
    stroke.extend([{ x: 1, y: 1 }]);
    transport.connect();
    const join = transport.take("join");
    expect(join.args[0]).toMatchObject({ board: "plans", client: first.client, name: "Ada", epoch: "e1", seq: 1 });
    await join.reply(joined({ seq: 1, items: undefined, operations: "" }));
    await vi.advanceTimersByTimeAsync(33);
    expect(transport.takeOperations()).toMatchObject({
      client: first.client,
      firstN: 1,
      operations: [{ type: "put" }, { type: "append" }],
    });
  });

  test("[W6] are not sent again when the reply to the join says that they are on the board", async () => {
    const { client, transport } = await openLive();
    const { id } = client.beginStroke(STYLE, POINT);
    transport.takeOperations();
    await transport.disconnect();
    transport.connect();
    await transport.take("join").reply(joined({ seq: 1, n: 1, items: encodeItems([{ ...item(1, 1), id }]) }));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(transport.asked).toEqual([]);
    expect(client.saveState).toEqual({ state: "saved" });
    expect(idsOf(client)).toEqual([id]);
  });

  test("[W6] are kept and sent again when the store is away, and the person is told", async () => {
    const { client, transport } = await openLive();
    client.beginStroke(STYLE, POINT).end();
    await transport.takeOperations().reply({ error: { code: "unavailable", detail: "the store is away" } });
    expect(client.saveState).toMatchObject({ state: "not-saved", operations: 1, reason: "the store is away" });
    await vi.advanceTimersByTimeAsync(500);
    const again = transport.takeOperations();
    expect(again.firstN).toBe(1);
    await again.reply({ ok: { n: 1 } });
    expect(client.saveState).toEqual({ state: "saved" });
  });

  test("[W6] go on from the number that the store asks for", async () => {
    const { client, transport } = await openLive();
    const stroke = client.beginStroke(STYLE, POINT);
    const { client: author, reply } = transport.takeOperations();
    stroke.extend([{ x: 1, y: 1 }]);
    await vi.advanceTimersByTimeAsync(33);
    const second = transport.takeOperations();
    await second.reply({ error: { code: "gap", detail: "", n: 2, next: 1 } });
    await vi.advanceTimersByTimeAsync(33);
    expect(transport.takeOperations()).toMatchObject({ client: author, firstN: 1 });
    await reply({ ok: { n: 2 } });
    expect(client.saveState).toEqual({ state: "saved" });
  });

  test("[W6] get new numbers when the store asks for one that is gone, once it is known that the board is the same", async () => {
    const { client, transport } = await openLive();
    client.beginStroke(STYLE, POINT).end();
    const first = transport.takeOperations();
    await first.reply({ ok: { n: 1 } });
    client.beginStroke(STYLE, POINT).end();
    await vi.advanceTimersByTimeAsync(33);
    await transport.takeOperations().reply({ error: { code: "gap", detail: "", n: 2, next: 1 } });
    await transport.take("since").reply({ ok: { epoch: "e1", seq: 0, operations: "" } });
    await vi.advanceTimersByTimeAsync(33);
    const again = transport.takeOperations();
    expect(again).toMatchObject({ firstN: 1, operations: [{ type: "put" }] });
    expect(again.client).not.toBe(first.client);
  });

  test("[W6] [W10] get new numbers in another epoch, and what was acknowledged in the old one is gone", async () => {
    const { client, transport } = await openLive();
    client.beginStroke(STYLE, POINT).end();
    const first = transport.takeOperations();
    await first.reply({ ok: { n: 1 } });
    const { id } = client.beginStroke(STYLE, POINT);
    transport.emit("head", { epoch: "e2", seq: 1 });
    await transport.take("since").reply({ ok: { epoch: "e2", seq: 1, items: encodeItems([item(9, 1)]) } });
    expect(idsOf(client)).toEqual([itemId(OTHER, 9), id]);
    await vi.advanceTimersByTimeAsync(33);
    const unknown = transport.takeOperations();
    expect(unknown).toMatchObject({ client: first.client, firstN: 2 });
    await unknown.reply({ error: { code: "gap", detail: "", n: 2, next: 1 } });
    await transport.take("since").reply({ ok: { epoch: "e2", seq: 1, operations: "" } });
    await vi.advanceTimersByTimeAsync(33);
    const again = transport.takeOperations();
    expect(again).toMatchObject({ firstN: 1, operations: [{ type: "put", id }] });
    expect(again.client).not.toBe(first.client);
  });

  test.each(["join", "since"])(
    "[W6] [W10] and the stroke that is being drawn goes on in a new item in another epoch, learned by a %s",
    async (how) => {
      const { client, transport } = await openLive();
      const stroke = client.beginStroke(STYLE, POINT);
      const { item: before } = stroke;
      await transport.takeOperations().reply({ ok: { n: 1 } });
      if (how === "join") {
        await transport.disconnect();
        transport.connect();
        await transport.take("join").reply(joined({ epoch: "e2" }));
      } else {
        transport.emit("head", { epoch: "e2", seq: 0 });
        await transport.take("since").reply({ ok: { epoch: "e2", seq: 0, items: "" } });
      }
      expect(stroke.item).not.toBe(before);
      stroke.extend([{ x: 110, y: 100 }]);
      stroke.end();
      expect(idsOf(client)).toEqual([stroke.item]);
      expect(client.view.get(stroke.item)?.points).toBe(pointsOf(POINT, { x: 110, y: 100 }));
      await vi.advanceTimersByTimeAsync(33);
      expect(transport.takeOperations().operations[0]).toMatchObject({ type: "put", id: stroke.item });
      client.undo();
      expect(client.view.size).toBe(0);
    },
  );

  test("[W6] and the stroke that is being drawn stays one item when the same epoch comes back", async () => {
    const { client, transport } = await openLive();
    const stroke = client.beginStroke(STYLE, POINT);
    await transport.takeOperations().reply({ ok: { n: 1 } });
    await transport.disconnect();
    transport.connect();
    await transport
      .take("join")
      .reply(joined({ seq: 1, n: 1, items: encodeItems([{ ...item(1, 1), id: stroke.id }]) }));
    expect(stroke.item).toBe(stroke.id);
    expect(transport.asked).toEqual([]);
  });

  test("[W6] of an earlier page are shown, and sent under its id before those of this page", async () => {
    const storage = new MemoryOutboxStorage();
    const earlier = open({ storage });
    const { id } = earlier.client.beginStroke(STYLE, POINT);
    earlier.client.close();
    const [left] = storage.load("plans");
    const { client, transport } = open({ storage });
    expect(idsOf(client)).toEqual([id]);
    client.beginStroke(STYLE, POINT).end();
    transport.connect();
    await transport.take("join").reply(joined());
    const adopted = transport.takeOperations();
    expect(adopted).toMatchObject({ client: left?.client, firstN: 1, operations: [{ type: "put", id }] });
    expect(transport.asked).toEqual([]);
    await adopted.reply({ ok: { n: 1 } });
    await transport.take("since").reply({ ok: { epoch: "e1", seq: 0, operations: "" } });
    await vi.advanceTimersByTimeAsync(33);
    expect(transport.takeOperations().client).not.toBe(left?.client);
    expect(storage.load("plans").map(({ client: author }) => author)).not.toContain(left?.client);
  });

  test("[W6] of earlier pages are sent in the order in which they were made, whatever their ids", async () => {
    const storage = new MemoryOutboxStorage();
    const clients: (ClientId | undefined)[] = [];
    for (const random of [0.9, 0.5, 0.1]) {
      const { client } = open({ storage, random: () => random });
      client.beginStroke(STYLE, POINT);
      client.close();
      clients.push(storage.load("plans").find((left) => !clients.includes(left.client))?.client);
    }
    const { transport } = open({ storage });
    transport.connect();
    await transport.take("join").reply(joined());
    for (const client of clients) {
      const sent = transport.takeOperations();
      expect(sent.client).toBe(client);
      await sent.reply({ ok: { n: 1 } });
      await transport.take("since").reply({ ok: { epoch: "e1", seq: 0, operations: "" } });
      await vi.advanceTimersByTimeAsync(33);
    }
  });

  test("[W6] of an earlier page are not shown twice when the snapshot has them already", async () => {
    const storage = new MemoryOutboxStorage();
    const earlier = open({ storage });
    const stroke = earlier.client.beginStroke(STYLE, POINT);
    earlier.client.flush();
    stroke.extend([{ x: 110, y: 100 }]);
    earlier.client.close();
    const points = pointsOf(POINT, { x: 110, y: 100 });
    const { client, transport } = open({ storage });
    transport.connect();
    await transport
      .take("join")
      .reply(joined({ seq: 2, items: encodeItems([{ ...item(1, 1), id: stroke.id, points }]) }));
    expect(client.view.get(stroke.id)?.points).toBe(points);
    await transport.takeOperations().reply({ ok: { n: 2 } });
    await transport.take("since").reply({ ok: { epoch: "e1", seq: 2, operations: "" } });
    expect(client.view.get(stroke.id)?.points).toBe(points);
    expect(client.saveState).toEqual({ state: "saved" });
    expect(storage.load("plans")).toEqual([]);
  });
});

describe("an operation that is refused for good", () => {
  const tooLong: BoardError = {
    code: "too-many-points",
    detail: "the item would have more points",
    limit: 10_000,
    n: 1,
  };

  test("[W6] [W9] is dropped with its points; the rest is sent under a new client id, and the person is told", async () => {
    const { client, transport } = await openLive();
    const refused = vi.fn();
    client.onRefused(refused);
    const stroke = client.beginStroke(STYLE, POINT);
    stroke.extend([{ x: 1, y: 1 }]);
    const first = transport.takeOperations();
    await vi.advanceTimersByTimeAsync(33);
    transport.takeOperations();
    const { id } = client.beginStroke(STYLE, POINT);
    await first.reply({ error: tooLong });
    expect(refused).toHaveBeenCalledExactlyOnceWith(tooLong);
    expect(idsOf(client)).toEqual([id]);
    expect(client.saveState).toMatchObject({ state: "not-saved", operations: 1, reason: tooLong.detail });
    stroke.extend([{ x: 2, y: 2 }]);
    expect(client.view.size).toBe(1);
    await vi.advanceTimersByTimeAsync(33);
    const again = transport.takeOperations();
    expect(again).toMatchObject({ firstN: 1, operations: [{ type: "put", id }] });
    expect(again.client).not.toBe(first.client);
  });

  test.each<[string, BoardError]>([
    ["items", { code: "too-many-items", detail: "the board is full", limit: MAX_ITEMS, n: 1 }],
    ["points", { code: "too-many-points", detail: "the board is full", limit: MAX_BOARD_POINTS, n: 1 }],
  ])(
    "[W9] takes all that a board full of %s would refuse with it, up to where something is taken away",
    async (_, error) => {
      const { client, transport } = await openLive([item(1, 1)]);
      const refused = vi.fn();
      client.onRefused(refused);
      client.beginStroke(STYLE, POINT).end();
      const first = transport.takeOperations();
      client.beginStroke(STYLE, POINT).end();
      client.beginErase().erase([itemId(OTHER, 1)]);
      client.beginStroke(STYLE, POINT).end();
      await first.reply({ error });
      await vi.advanceTimersByTimeAsync(33);
      const again = transport.takeOperations();
      expect(again.operations.map(({ type }) => type)).toEqual(["remove", "put"]);
      expect(refused).toHaveBeenCalledOnce();
      await again.reply({ ok: { n: 2 } });
    },
  );

  test("[W4] [W9] takes the points that follow in the same item with it: they would lie elsewhere without it", async () => {
    const { client, transport } = await openLive();
    const stroke = client.beginStroke(STYLE, POINT);
    await transport.takeOperations().reply({ ok: { n: 1 } });
    stroke.extend([{ x: 1, y: 1 }]);
    await vi.advanceTimersByTimeAsync(33);
    const refused = transport.takeOperations();
    stroke.extend([{ x: 2, y: 2 }]);
    await refused.reply({ error: { ...tooLong, n: 2 } });
    stroke.extend([{ x: 3, y: 3 }]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(transport.asked).toEqual([]);
    expect(client.view.get(stroke.id)?.points).toBe(pointsOf(POINT));
  });

  test("[W6] leaves the rest to one of two windows that have it both; what follows it in the other one is sent after it", async () => {
    const storage = new MemoryOutboxStorage();
    const a = await openLive([], { storage });
    a.client.beginStroke(STYLE, POINT).end();
    const first = a.transport.takeOperations();
    const stroke = a.client.beginStroke(STYLE, POINT);
    a.client.flush();
    const b = await openLive([], { storage });
    await b.transport.takeOperations().reply({ error: tooLong });
    await vi.advanceTimersByTimeAsync(33);
    const moved = b.transport.takeOperations();
    expect(moved).toMatchObject({ firstN: 1, operations: [{ type: "put", id: stroke.id }] });
    stroke.extend([{ x: 1, y: 1 }]);
    a.transport.asked.length = 0;
    await first.reply({ error: tooLong });
    await vi.advanceTimersByTimeAsync(33);
    const same = a.transport.takeOperations();
    expect(same).toMatchObject({ client: moved.client, firstN: 1, operations: moved.operations });
    expect(a.transport.asked).toEqual([]);
    await same.reply({ ok: { n: 1 } });
    await a.transport.take("since").reply({ ok: { epoch: "e1", seq: 0, operations: "" } });
    await vi.advanceTimersByTimeAsync(33);
    expect(a.transport.takeOperations().operations).toMatchObject([{ type: "append", id: stroke.id }]);
  });

  test("[W9] is the first of its message when the reply does not say which", async () => {
    const { client, transport } = await openLive();
    client.beginStroke(STYLE, POINT).end();
    await transport.takeOperations().reply({ error: { code: "malformed", detail: "no operations" } });
    expect(client.view.size).toBe(0);
    expect(client.saveState).toMatchObject({ state: "not-saved", reason: "no operations" });
  });
});

describe("operations of others", () => {
  test("[W7] are applied in their order, each once, whatever the order in which they come", async () => {
    const { client, transport } = await openLive();
    const [first, second, third] = [1, 2, 3].map((n) => ({ client: OTHER, n, operation: putOf(item(n, n)) }));
    if (!first || !second || !third) throw new Error("three operations");
    transport.commit(3, third);
    transport.commit(1, first);
    transport.commit(1, first);
    expect(client.view.size).toBe(1);
    expect(client.state).toBe("catching-up");
    transport.commit(2, second);
    expect(idsOf(client)).toEqual([1, 2, 3].map((n) => itemId(OTHER, n)));
    expect(client.state).toBe("live");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(transport.asked).toEqual([]);
  });

  test("[W10] that did not come are asked for, once at a time", async () => {
    const { client, transport } = await openLive();
    transport.commit(2, { client: OTHER, n: 2, operation: putOf(item(2, 2)) });
    await vi.advanceTimersByTimeAsync(99);
    expect(transport.asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(transport.asked).toHaveLength(1);
    const since = transport.take("since");
    expect(since.args).toEqual(["e1", 0]);
    const operations = [1, 2].map((n) => ({ client: OTHER, n, operation: putOf(item(n, n)) }));
    await since.reply({ ok: { epoch: "e1", seq: 2, operations: encodeCommitted(operations) } });
    expect(client.view.size).toBe(2);
    expect(client.state).toBe("live");
  });

  test("[W10] whose last message was lost are found by the announced head", async () => {
    const { transport } = await openLive();
    transport.emit("head", { epoch: "e1", seq: 1 });
    await vi.advanceTimersByTimeAsync(100);
    expect(transport.take("since").args).toEqual(["e1", 0]);
  });

  test("[W10] that come while joining are applied when it is known what they follow", async () => {
    const { client, transport } = open();
    transport.connect();
    transport.commit(3, { client: OTHER, n: 3, operation: putOf(item(3, 3)) });
    expect(client.view.size).toBe(0);
    await transport.take("join").reply(joined({ seq: 2, items: encodeItems([item(1, 1), item(2, 2)]) }));
    expect(client.view.size).toBe(3);
    expect(client.state).toBe("live");
  });

  test("[W10] that contradict what is known lead to a snapshot", async () => {
    const { client, transport } = await openLive();
    transport.commit(1, { client: OTHER, n: 1, operation: putOf(item(1, 1)) });
    transport.commit(1, { client: "somebody", n: 1, operation: putOf(item(2, 1)) });
    const join = transport.take("join");
    expect(join.args[0]).not.toHaveProperty("seq");
    await join.reply(joined({ seq: 1, items: encodeItems([item(2, 1)]) }));
    expect(idsOf(client)).toEqual([itemId(OTHER, 2)]);
  });
});

describe("undo", () => {
  test("[W5] of a clear puts back what it really took away, where it was", async () => {
    const { client, transport } = await openLive([item(1, 1), item(2, 2)]);
    client.clear();
    expect(client.view.size).toBe(0);
    const clear = transport.takeOperations();
    transport.commit(
      3,
      { client: OTHER, n: 3, operation: putOf(item(3, 3)) },
      { client: clear.client, n: 1, operation: { type: "clear" } },
    );
    client.undo();
    expect(idsOf(client)).toEqual([1, 2, 3].map((n) => itemId(OTHER, n)));
    client.redo();
    expect(client.view.size).toBe(0);
  });

  test("[W5] of a clear that is not committed yet puts back too what others had drawn before it", async () => {
    const { client, transport } = await openLive([item(1, 1)]);
    client.clear();
    const clear = transport.takeOperations();
    client.undo();
    expect(client.view.size).toBe(1);
    transport.commit(
      2,
      { client: OTHER, n: 3, operation: putOf(item(3, 2)) },
      { client: clear.client, n: 1, operation: { type: "clear" } },
    );
    expect(idsOf(client)).toEqual([1, 3].map((n) => itemId(OTHER, n)));
  });

  test("[W5] puts back what lay above the top of another epoch where everybody sees it: on top", async () => {
    const { client, transport } = await openLive([item(1, 50)]);
    const eraser = client.beginErase();
    eraser.erase([itemId(OTHER, 1)]);
    eraser.end();
    const { client: author, operations, reply } = transport.takeOperations();
    transport.commit(2, ...operations.map((operation) => ({ client: author, n: 1, operation })));
    await reply({ ok: { n: 1 } });
    transport.emit("head", { epoch: "e2", seq: 0 });
    await transport.take("since").reply({ ok: { epoch: "e2", seq: 0, items: "" } });
    client.undo();
    await vi.advanceTimersByTimeAsync(33);
    const again = transport.takeOperations();
    expect(again.operations).toMatchObject([{ type: "put", z: 50 }]);
    const own = again.operations.map((operation) => ({ client: author, n: 2, operation }));
    transport.commit(1, ...own, { client: OTHER, n: 1, operation: putOf(item(2, 2)) });
    expect([...client.view.items()].map(({ id, z }) => [id, z])).toEqual([
      [itemId(OTHER, 1), 1],
      [itemId(OTHER, 2), 2],
    ]);
  });

  test("[W5] [W9] of a clear of 5,000 items is sent in messages that keep the limits", async () => {
    const items = Array.from({ length: 5_000 }, (_, index) => item(index + 1, index + 1));
    const { client, transport } = await openLive(items);
    client.clear();
    await transport.takeOperations().reply({ ok: { n: 1 } });
    client.undo();
    expect(idsOf(client)).toEqual(items.map(({ id }) => id));
    const sent: Operation[] = [];
    while (client.saveState.state !== "saved") {
      await vi.advanceTimersByTimeAsync(33);
      const message = transport.takeOperations();
      expect(message.operations.length).toBeLessThanOrEqual(MAX_MESSAGE_OPERATIONS);
      sent.push(...message.operations);
      await message.reply({ ok: { n: 1 + sent.length } });
    }
    expect(sent).toEqual(items.map((each) => ({ type: "put", ...each })));
  });

  test("[W5] [W9] of an eraser puts back an item that is longer than a message", async () => {
    const far = Array.from({ length: 10_000 }, (_, index) => (index % 2 ? { x: 16_000, y: 9_000 } : { x: 0, y: 0 }));
    const points = encodePoints(
      far.map((point, index) => ({ ...point, pressure: (index % 2) * 63 })),
      { pressure: true },
    );
    expect(points.length).toBeGreaterThan(MAX_MESSAGE_LENGTH);
    const long = { ...item(1, 1), pressure: true, points };
    const { client, transport } = await openLive([long]);
    const eraser = client.beginErase();
    eraser.erase([long.id]);
    eraser.end();
    await transport.takeOperations().reply({ ok: { n: 1 } });
    client.undo();
    expect(client.view.get(long.id)).toEqual(long);
    await vi.advanceTimersByTimeAsync(66);
    const sent = [...transport.takeOperations().operations, ...transport.takeOperations().operations];
    expect(sent.map((operation) => ("points" in operation ? operation.points : "")).join("")).toBe(points);
  });

  test("[W5] passes over a stroke that somebody else has erased", async () => {
    const { client, transport } = await openLive();
    const first = client.beginStroke(STYLE, POINT);
    first.end();
    const second = client.beginStroke(STYLE, POINT);
    second.end();
    await vi.advanceTimersByTimeAsync(33);
    const messages = [transport.takeOperations(), transport.takeOperations()];
    const own = messages.flatMap(({ client: author, firstN, operations: [operation] }) =>
      operation ? [{ client: author, n: firstN, operation }] : [],
    );
    transport.commit(1, ...own, { client: OTHER, n: 1, operation: { type: "remove", ids: [second.id] } });
    expect(idsOf(client)).toEqual([first.id]);
    client.undo();
    expect(idsOf(client)).toEqual([]);
    expect(client.canUndo).toBe(false);
    client.redo();
    expect(idsOf(client)).toEqual([first.id]);
  });

  test("takes back one sweep of the eraser as one step, and what is new ends what could be done again", async () => {
    const { client } = await openLive([item(1, 1), item(2, 2), item(3, 3)]);
    const eraser = client.beginErase();
    eraser.erase([itemId(OTHER, 1)]);
    eraser.erase([itemId(OTHER, 1), itemId(OTHER, 3), "nobodyss.1"]);
    eraser.end();
    expect(idsOf(client)).toEqual([itemId(OTHER, 2)]);
    client.undo();
    expect(client.view.size).toBe(3);
    expect(client.canRedo).toBe(true);
    client.beginStroke(STYLE, POINT);
    expect(client.canRedo).toBe(false);
  });
});

describe("the view", () => {
  test("says what to draw, once, for what is one's own and for what is not", async () => {
    const { client, transport } = await openLive();
    const changes: ViewChange[] = [];
    client.view.onChange((change) => changes.push(change));
    const stroke = client.beginStroke(STYLE, POINT);
    stroke.extend([{ x: 1, y: 1 }]);
    const { client: author, operations } = transport.takeOperations();
    transport.commit(
      1,
      { client: OTHER, n: 1, operation: putOf(item(1, 1)) },
      ...operations.map((operation) => ({ client: author, n: 1, operation })),
      { client: OTHER, n: 2, operation: { type: "remove", ids: [itemId(OTHER, 1)] } },
    );
    expect(changes).toMatchObject([
      { type: "put", item: { id: stroke.id }, onTop: true },
      { type: "grown", item: { id: stroke.id }, points: encodePoints([{ x: 1, y: 1 }], STYLE, POINT) },
      { type: "put", item: { id: itemId(OTHER, 1) }, onTop: false },
      { type: "removed", items: [{ id: itemId(OTHER, 1) }] },
    ]);
  });
});

describe("people", () => {
  test("[W11] are those of all pods; a pod that is silent for too long has nobody", async () => {
    const { client, transport } = await openLive();
    transport.emit("people", { pod: "a", people: [{ id: "me", name: "Ada" }] });
    transport.emit("people", { pod: "b", people: [{ id: "1", name: "Bob" }] });
    transport.emit("c", "1 5 6;me 7 8");
    expect(client.people).toHaveLength(2);
    expect(client.selfId).toBe("me");
    expect([...client.cursors]).toEqual([["1", { x: 5, y: 6 }]]);
    await vi.advanceTimersByTimeAsync(PEOPLE_TTL_SECONDS * 500);
    transport.emit("people", { pod: "a", people: [{ id: "me", name: "Ada" }] });
    await vi.advanceTimersByTimeAsync(PEOPLE_TTL_SECONDS * 500);
    expect(client.people).toEqual([{ id: "me", name: "Ada" }]);
    expect(client.cursors.size).toBe(0);
  });

  test("[W11] are told where this person points: at once, then the newest place of each interval", async () => {
    const { client, transport } = await openLive();
    client.moveCursor({ x: 1.4, y: 2 });
    client.moveCursor({ x: 3, y: 4 });
    client.moveCursor({ x: -5, y: 99_999 });
    expect(transport.sent).toEqual([["c", 1, 2]]);
    await vi.advanceTimersByTimeAsync(50);
    client.moveCursor(undefined);
    await vi.advanceTimersByTimeAsync(50);
    expect(transport.sent.slice(1)).toEqual([["c", 0, 9_000], ["c"]]);
  });

  test("[W11] get a name that the service takes, whatever was typed, and at the next connection too", async () => {
    const { client, transport } = await openLive();
    client.rename(`  a\u0007b${"x".repeat(40)}`);
    const { args } = transport.take("name");
    expect(args).toEqual([`a b${"x".repeat(29)}`]);
    client.rename(" ");
    expect(client.name).toBe("Guest");
    await transport.disconnect();
    transport.asked.length = 0;
    transport.connect();
    expect(transport.take("join").args[0]).toMatchObject({ name: "Guest" });
  });
});

test("[W10] a board that cannot be joined yet is tried again, and the person is told why", async () => {
  const { client, transport } = open();
  client.beginStroke(STYLE, POINT).end();
  transport.connect();
  await transport.take("join").reply({ error: { code: "too-many-boards", detail: "there are too many boards" } });
  expect(client.saveState).toMatchObject({ state: "not-saved", reason: "there are too many boards" });
  await vi.advanceTimersByTimeAsync(500);
  await transport.take("join").reply(joined());
  expect(client.state).toBe("live");
});

describe("what is the trouble with a board", () => {
  const tooMany: BoardError = { code: "too-many-boards", detail: "there are too many boards" };

  test("[W9] is known to somebody who has drawn nothing, until the board is there", async () => {
    const { client, transport } = open();
    const troubles: unknown[] = [];
    client.onTrouble((trouble) => troubles.push(trouble));
    transport.connect();
    await transport.take("join").reply({ error: tooMany });
    expect(client.trouble).toEqual(tooMany);
    await vi.advanceTimersByTimeAsync(500);
    await transport.take("join").reply(joined());
    expect(client.trouble).toBeUndefined();
    expect(troubles).toEqual([tooMany, undefined]);
  });

  test("is another one when the connection is lost", async () => {
    const { client, transport } = open();
    client.beginStroke(STYLE, POINT).end();
    transport.connect();
    await transport.take("join").reply({ error: tooMany });
    await transport.disconnect();
    expect(client.trouble).toBeUndefined();
    expect(client.saveState).toMatchObject({ state: "not-saved", reason: "there is no connection" });
  });

  test("[W10] is over when a later question is answered", async () => {
    const { client, transport } = await openLive();
    transport.emit("head", { epoch: "e1", seq: 1 });
    await vi.advanceTimersByTimeAsync(100);
    await transport.take("since").reply({ error: { code: "unavailable", detail: "the store is away" } });
    expect(client.trouble).toMatchObject({ detail: "the store is away" });
    await vi.advanceTimersByTimeAsync(500);
    const operations = encodeCommitted([{ client: OTHER, n: 1, operation: putOf(item(1, 1)) }]);
    await transport.take("since").reply({ ok: { epoch: "e1", seq: 1, operations } });
    expect(client.trouble).toBeUndefined();
    client.beginStroke(STYLE, POINT).end();
    expect(client.saveState).toMatchObject({ state: "saving" });
  });
});

describe("a session that a pod does not have", () => {
  const breakOnce = async ({ transport }: { transport: ScriptedTransport }): Promise<void> => {
    transport.connect();
    await transport.disconnect("scattered");
  };

  test("[W1] is a matter of the balancer when that comes again and again, until a connection lasts", async () => {
    const opened = open();
    const { client, transport } = opened;
    client.beginStroke(STYLE, POINT).end();
    await breakOnce(opened);
    await transport.disconnect();
    await breakOnce(opened);
    expect(client.trouble).toBeUndefined();
    expect(client.saveState).toMatchObject({ reason: "there is no connection" });
    await breakOnce(opened);
    expect(client.trouble).toMatchObject({ code: "scattered" });
    expect(client.saveState).toMatchObject({ reason: client.trouble?.detail });
    transport.asked.length = 0;
    transport.connect();
    await transport.take("join").reply(joined());
    expect(client.trouble).toMatchObject({ code: "scattered" });
    await vi.advanceTimersByTimeAsync(9_999);
    expect(client.trouble).toMatchObject({ code: "scattered" });
    await vi.advanceTimersByTimeAsync(1);
    expect(client.trouble).toBeUndefined();
  });

  test("[W1] is no matter of the balancer when connections last in between", async () => {
    const opened = open();
    for (let time = 0; time < 5; time++) {
      await breakOnce(opened);
      opened.transport.connect();
      await vi.advanceTimersByTimeAsync(10_000);
      await opened.transport.disconnect("scattered");
    }
    expect(opened.client.trouble).toBeUndefined();
  });
});

describe("a connection that is silent", () => {
  const SILENT_MS = 9_500;

  async function openSilent() {
    const opened = open();
    opened.transport.connect();
    await opened.transport.take("join").reply(joined({ headSeconds: 3 }));
    return opened;
  }

  test("[W10] for two and a half announcements of the head and a little more is renewed", async () => {
    const { client, transport } = await openSilent();
    await vi.advanceTimersByTimeAsync(SILENT_MS - 1);
    expect(transport.renewals).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(transport.renewals).toBe(1);
    expect(client.state).toBe("reconnecting");
    await vi.advanceTimersByTimeAsync(2 * SILENT_MS);
    expect(transport.renewals).toBe(1);
    transport.connect();
    await transport.take("join").reply(joined({ headSeconds: 1 }));
    await vi.advanceTimersByTimeAsync(4_500);
    expect(transport.renewals).toBe(2);
  });

  test.each(["head", "o", "people", "c", "something newer"])("[W10] is not silent when %s comes", async (event) => {
    const { transport } = await openSilent();
    for (let time = 0; time < 3; time++) {
      await vi.advanceTimersByTimeAsync(SILENT_MS - 1);
      transport.emit(event);
    }
    await vi.advanceTimersByTimeAsync(SILENT_MS - 1);
    expect(transport.renewals).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(transport.renewals).toBe(1);
  });

  test("[W10] is not silent when an acknowledgement comes", async () => {
    const { client, transport } = await openSilent();
    client.beginStroke(STYLE, POINT).end();
    await vi.advanceTimersByTimeAsync(SILENT_MS - 1);
    await transport.takeOperations().reply({ ok: { n: 1 } });
    await vi.advanceTimersByTimeAsync(SILENT_MS - 1);
    expect(transport.renewals).toBe(0);
  });

  test("[W10] may be so while an answer is awaited that can be a whole board, and is watched again after it", async () => {
    const { transport } = await openSilent();
    transport.emit("head", { epoch: "e1", seq: 1 });
    await vi.advanceTimersByTimeAsync(100);
    const since = transport.take("since");
    await vi.advanceTimersByTimeAsync(39_000);
    expect(transport.renewals).toBe(0);
    await since.reply({ ok: { epoch: "e1", seq: 1, items: encodeItems([item(1, 1)]) } });
    await vi.advanceTimersByTimeAsync(SILENT_MS);
    expect(transport.renewals).toBe(1);
    transport.connect();
    await vi.advanceTimersByTimeAsync(39_000);
    expect(transport.renewals).toBe(1);
  });

  test.each(["lost", "closed"])("[W10] is not watched any more when it was %s", async (how) => {
    const { client, transport } = await openSilent();
    if (how === "lost") await transport.disconnect();
    else client.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});

test("[A3] a client connects again as soon as its pod says that it is leaving", async () => {
  const { client, transport } = await openLive([]);
  transport.emit("leaving");
  expect(transport.renewals).toBe(1);
  expect(client.state).toBe("reconnecting");
});

test("a client that is woken connects at once", () => {
  const { client, transport } = open();
  client.wake();
  expect(transport.wakes).toBe(1);
});

test("[W6] a closed client sends nothing more, and leaves what it had for the next one", async () => {
  const storage = new MemoryOutboxStorage();
  const { client, transport } = await openLive([], { storage });
  const stroke = client.beginStroke(STYLE, POINT);
  transport.takeOperations();
  stroke.extend([{ x: 1, y: 1 }]);
  client.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(transport.asked).toEqual([]);
  expect(client.state).toBe("closed");
  expect(storage.load("plans")).toHaveLength(2);
});
