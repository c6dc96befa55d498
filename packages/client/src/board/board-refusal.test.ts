import { type BoardError, itemId, MAX_BOARD_POINTS, MAX_ITEMS } from "@crosspod/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  idsOf,
  item,
  OTHER,
  openLiveBoard,
  POINT,
  pointsOf,
  REPEAT_MS,
  reconnect,
  type SentMessage,
  STYLE,
} from "../../../../test/helpers/board/scripted-board.ts";
import { MemoryOutboxStorage } from "../outbox/outbox-storage.ts";

const AWAY: BoardError = { code: "unavailable", detail: "the store is away", clientSeq: 1 };
const TOO_LONG: BoardError = {
  code: "too-many-points",
  detail: "the item would have more points",
  limit: 10_000,
  clientSeq: 1,
};

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A client that has sent so many strokes, of which nothing is heard yet. */
async function openWithStrokes(count: number) {
  const opened = await openLiveBoard();
  const ids = Array.from({ length: count }, () => {
    const stroke = opened.client.beginStroke(STYLE, POINT);
    stroke.end();
    return stroke.id;
  });
  const messages = opened.transport.sent.splice(0);
  return { ...opened, ids, messages: messages as [SentMessage, ...SentMessage[]] };
}

describe("an operation that is refused for now", () => {
  test.each<BoardError>([AWAY, { code: "too-many-messages", detail: "too fast", limit: 60, clientSeq: 1 }])(
    "[W6] is kept and sent again after a pause, and the person is told: $code",
    async (error) => {
      const { client, transport, messages } = await openWithStrokes(1);
      transport.refuse(messages[0], error);
      expect(client.saveState).toMatchObject({ state: "not-saved", operations: 1, reason: error.detail });
      await vi.advanceTimersByTimeAsync(REPEAT_MS);
      expect(transport.sent).toEqual(messages);
      transport.acknowledge(...messages);
      expect(client.saveState).toEqual({ state: "saved" });
    },
  );

  test("[W6] is sent again with all after it, from the oldest on, and what else is refused of them means nothing", async () => {
    const { transport, messages } = await openWithStrokes(3);
    transport.refuse(messages[0], AWAY);
    transport.refuse(messages[0], { code: "gap", detail: "", clientSeq: 2, next: 1 });
    await vi.advanceTimersByTimeAsync(REPEAT_MS);
    const [again] = transport.sent;
    expect(again).toMatchObject({ firstSeq: 1, operations: [{}, {}, {}] });
    transport.refuse(messages[0], { code: "gap", detail: "", clientSeq: 3, next: 1 });
    await vi.advanceTimersByTimeAsync(REPEAT_MS);
    expect(transport.sent).toEqual([again]);
  });

  test("[W6] is not dropped for a refusal of what was sent before: it is under way again, and may be taken", async () => {
    const { client, transport, messages, ids } = await openWithStrokes(1);
    transport.receive("head", { epoch: "e1", seq: 9 });
    await vi.advanceTimersByTimeAsync(REPEAT_MS);
    await transport.join();
    expect(transport.sent).toEqual(messages);
    transport.refuse(messages[0], TOO_LONG);
    expect(idsOf(client)).toEqual(ids);
    transport.acknowledge(...messages);
    expect(client.saveState).toEqual({ state: "saved" });
  });

  test("[W6] is sent again at pauses that grow up to 3 s, until something is acknowledged", async () => {
    const { client, transport } = await openLiveBoard([], { random: () => 0.999 });
    client.beginStroke(STYLE, POINT).end();
    const pauses: number[] = [];
    for (let time = 0; time < 6; time += 1) {
      transport.refuse(transport.takeOperations(), AWAY);
      const before = performance.now();
      while (transport.sent.length === 0) await vi.advanceTimersByTimeAsync(1);
      pauses.push(Math.round(performance.now() - before));
    }
    expect(pauses).toEqual([199, 399, 799, 1_598, 2_997, 2_997]);
  });
});

describe("an operation that leaves a gap", () => {
  test("[W6] is sent again with what the store expects", async () => {
    const { client, transport, messages } = await openWithStrokes(2);
    transport.refuse(messages[0], { code: "gap", detail: "", clientSeq: 2, next: 1 });
    await vi.advanceTimersByTimeAsync(REPEAT_MS);
    const again = transport.takeOperations();
    expect(again).toMatchObject({ client: messages[0].client, firstSeq: 1, operations: [{}, {}] });
    transport.acknowledge(again);
    expect(client.saveState).toEqual({ state: "saved" });
  });

  test("[W6] [W10] gets a new number when the store expects one that is gone, as soon as a join has told so", async () => {
    const { client, transport, messages, ids } = await openWithStrokes(2);
    transport.acknowledge(messages[0]);
    transport.refuse(messages[0], { code: "gap", detail: "", clientSeq: 2, next: 1 });
    await vi.advanceTimersByTimeAsync(REPEAT_MS);
    await transport.join({ epoch: "e2", seq: 0, items: "" });
    const again = transport.takeOperations();
    expect(again).toMatchObject({ firstSeq: 1, operations: [{ type: "put", id: ids[1] }] });
    expect(again.client).not.toBe(messages[0].client);
    expect(idsOf(client)).toEqual([ids[1]]);
  });
});

test("[W6] a client whose pod does not know that it has joined joins again, and sends all again", async () => {
  const { transport, messages } = await openWithStrokes(2);
  transport.refuse(messages[0], { code: "not-joined", detail: "join a board first", clientSeq: 1 });
  transport.refuse(messages[0], { code: "not-joined", detail: "join a board first", clientSeq: 2 });
  await vi.advanceTimersByTimeAsync(REPEAT_MS);
  await transport.join();
  expect(transport.takeOperations()).toMatchObject({ firstSeq: 1, operations: [{}, {}] });
  await vi.advanceTimersByTimeAsync(REPEAT_MS);
  expect(transport.asked).toEqual([]);
});

test("[W6] what nothing is heard of for 10 s is sent again, and not while something is", async () => {
  const { client, transport, messages } = await openWithStrokes(2);
  await vi.advanceTimersByTimeAsync(9_999);
  transport.acknowledge(messages[0]);
  await vi.advanceTimersByTimeAsync(9_999);
  expect(transport.sent).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(transport.sent).toEqual([messages[1]]);
  transport.acknowledge(transport.takeOperations());
  await vi.advanceTimersByTimeAsync(60_000);
  expect([client.saveState, transport.sent]).toEqual([{ state: "saved" }, []]);
});

describe("an operation that is refused for good", () => {
  test("[W6] [W9] is dropped with its points; the rest is sent under a new client id, and the person is told", async () => {
    const { client, transport } = await openLiveBoard();
    const refused = vi.fn();
    client.onRefused(refused);
    const stroke = client.beginStroke(STYLE, POINT);
    stroke.extend([{ x: 1, y: 1 }]);
    const first = transport.takeOperations();
    transport.takeOperations();
    const { id } = client.beginStroke(STYLE, POINT);
    transport.takeOperations();
    transport.refuse(first, TOO_LONG);
    expect(refused).toHaveBeenCalledExactlyOnceWith(TOO_LONG);
    expect(idsOf(client)).toEqual([id]);
    expect(client.saveState).toMatchObject({ state: "not-saved", operations: 1, reason: TOO_LONG.detail });
    stroke.extend([{ x: 2, y: 2 }]);
    expect(client.view.size).toBe(1);
    const again = transport.takeOperations();
    expect(again).toMatchObject({ firstSeq: 1, operations: [{ type: "put", id }] });
    expect(again.client).not.toBe(first.client);
    transport.refuse(first, { code: "gap", detail: "", clientSeq: 2, next: 1 });
    transport.refuse(first, { code: "gap", detail: "", clientSeq: 3, next: 1 });
    await vi.advanceTimersByTimeAsync(REPEAT_MS);
    expect([transport.asked, transport.sent]).toEqual([[], []]);
  });

  test("[W6] leaves those before it under their numbers: they are stored, and come through the log", async () => {
    const { client, transport, messages, ids } = await openWithStrokes(3);
    transport.refuse(messages[0], { ...TOO_LONG, clientSeq: 2 });
    expect(idsOf(client)).toEqual([ids[0], ids[2]]);
    transport.sent.length = 0;
    transport.acknowledge(messages[0]);
    const rest = transport.takeOperations();
    expect(rest).toMatchObject({ firstSeq: 1, operations: [{ type: "put", id: ids[2] }] });
    transport.acknowledge(rest);
    expect(idsOf(client)).toEqual([ids[0], ids[2]]);
    expect(client.saveState).toMatchObject({ operations: 0 });
  });

  test.each<[string, BoardError]>([
    ["items", { code: "too-many-items", detail: "the board is full", limit: MAX_ITEMS, clientSeq: 1 }],
    ["points", { code: "too-many-points", detail: "the board is full", limit: MAX_BOARD_POINTS, clientSeq: 1 }],
  ])(
    "[W9] takes all that a board full of %s would refuse with it, up to where something is taken away",
    async (_, error) => {
      const { client, transport } = await openLiveBoard([item(1, 1)]);
      const refused = vi.fn();
      client.onRefused(refused);
      client.beginStroke(STYLE, POINT).end();
      client.beginStroke(STYLE, POINT).end();
      client.beginErase().erase([itemId(OTHER, 1)]);
      client.beginStroke(STYLE, POINT).end();
      const [first] = transport.sent.splice(0);
      transport.refuse(first!, error);
      const again = transport.sent.splice(0);
      expect(again.flatMap(({ operations }) => operations.map(({ type }) => type))).toEqual(["remove", "put"]);
      expect(refused).toHaveBeenCalledOnce();
      transport.acknowledge(...again);
      expect(client.saveState).toMatchObject({ operations: 0 });
    },
  );

  test("[W4] [W9] takes the points that follow in the same item with it: they would lie elsewhere without it", async () => {
    const { client, transport } = await openLiveBoard();
    const stroke = client.beginStroke(STYLE, POINT);
    transport.acknowledge(transport.takeOperations());
    stroke.extend([{ x: 1, y: 1 }]);
    const refused = transport.takeOperations();
    stroke.extend([{ x: 2, y: 2 }]);
    transport.sent.length = 0;
    transport.refuse(refused, { ...TOO_LONG, clientSeq: 2 });
    stroke.extend([{ x: 3, y: 3 }]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(transport.sent).toEqual([]);
    expect(client.view.get(stroke.id)?.points).toBe(pointsOf(POINT));
  });

  test("[W6] [W10] leaves the rest to one of two windows that have it both; what follows it in the other one is sent after it", async () => {
    const storage = new MemoryOutboxStorage();
    const a = await openLiveBoard([], { storage });
    a.client.beginStroke(STYLE, POINT).end();
    const stroke = a.client.beginStroke(STYLE, POINT);
    const [first] = a.transport.sent.splice(0);
    const b = await openLiveBoard([], { storage });
    b.transport.refuse(b.transport.takeOperations(), TOO_LONG);
    const moved = b.transport.takeOperations();
    expect(moved).toMatchObject({ firstSeq: 1, operations: [{ type: "put", id: stroke.id }] });
    stroke.extend([{ x: 1, y: 1 }]);
    stroke.extend([{ x: 2, y: 2 }]);
    a.transport.sent.length = 0;
    a.transport.refuse(first!, TOO_LONG);
    // Whether it is on the board already, only a join tells.
    expect([idsOf(a.client), a.transport.sent]).toEqual([[], []]);
    await vi.advanceTimersByTimeAsync(REPEAT_MS);
    expect((await a.transport.join()).clients).toContain(moved.client);
    expect(idsOf(a.client)).toEqual([stroke.id]);
    const same = a.transport.takeOperations();
    expect(same).toEqual(moved);
    a.transport.acknowledge(same);
    const appends = a.transport.sent.flatMap(({ operations }) => operations);
    expect(appends).toMatchObject([{ type: "append", id: stroke.id }, { type: "append" }]);
  });

  test("[W6] [W9] is the first of its message when the refusal does not say which", async () => {
    const { client, transport, messages } = await openWithStrokes(1);
    transport.refuse(messages[0], { code: "malformed", detail: "no operations" });
    expect(client.view.size).toBe(0);
    expect(client.saveState).toMatchObject({ state: "not-saved", reason: "no operations" });
  });

  test("[W6] of a connection before means nothing", async () => {
    const { client, transport, messages } = await openWithStrokes(1);
    await reconnect(transport);
    transport.refuse(messages[0], TOO_LONG);
    await transport.join();
    transport.acknowledge(...messages);
    transport.refuse(messages[0], TOO_LONG);
    transport.refuse({ client: OTHER }, TOO_LONG);
    expect([client.view.size, client.saveState]).toEqual([1, { state: "saved" }]);
  });
});
