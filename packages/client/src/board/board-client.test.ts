import { encodePoints, PEOPLE_TTL_SECONDS } from "@crosspod/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  FullStorage,
  idsOf,
  item,
  LastingStorage,
  numbered,
  openBoard,
  openLiveBoard,
  others,
  POINT,
  pointsOf,
  putOf,
  STYLE,
} from "../../../../test/helpers/board/scripted-board.ts";
import { MemoryOutboxStorage } from "../outbox/outbox-storage.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a stroke of one's own", () => {
  test("[W6] [W8] is seen at once, and sent at once; what follows goes together once four messages are under way", async () => {
    const { client, transport } = await openLiveBoard();
    const stroke = client.beginStroke(STYLE, POINT);
    expect(client.view.get(stroke.id)?.points).toBe(pointsOf(POINT));
    expect(transport.sent).toMatchObject([{ firstSeq: 1, operations: [{ type: "put", id: stroke.id }] }]);
    for (const x of [110, 120, 130, 140, 150]) stroke.extend([{ x, y: 100 }]);
    expect(transport.sent.map(({ firstSeq }) => firstSeq)).toEqual([1, 2, 3, 4]);
    transport.acknowledge(transport.takeOperations());
    const points = [140, 150].map((x) => ({ x, y: 100 }));
    expect(transport.sent.at(-1)).toMatchObject({
      firstSeq: 5,
      operations: [{ type: "append", id: stroke.id, points: encodePoints(points, STYLE, { x: 130, y: 100 }) }],
    });
  });

  test("[W6] [W7] is neither shown twice nor not at all when it comes through the log, and is saved by that", async () => {
    const { client, transport } = await openLiveBoard();
    const { id } = client.beginStroke(STYLE, POINT);
    expect(client.saveState).toEqual({ state: "saving", operations: 1 });
    transport.acknowledge(transport.takeOperations());
    expect(idsOf(client)).toEqual([id]);
    expect(client.view.get(id)).toMatchObject({ z: 1, points: pointsOf(POINT) });
    expect(client.saveState).toEqual({ state: "saved" });
  });

  test("[W6] [W8] that came through the log is on the board, and is saved only when the store is safe up to there", async () => {
    const storage = new MemoryOutboxStorage();
    const { client, transport } = await openLiveBoard([], { storage });
    const { id } = client.beginStroke(STYLE, POINT);
    transport.log(numbered(transport.takeOperations()), 0);
    expect(client.view.get(id)).toMatchObject({ z: 1 });
    expect(client.saveState).toEqual({ state: "saving", operations: 1 });
    expect(storage.load("plans")).toHaveLength(1);
    transport.log([others(1, putOf(item(1, 2)))], 1);
    expect(client.saveState).toEqual({ state: "saved" });
    expect(storage.load("plans")).toEqual([]);
  });

  test("[W9] that gets long goes on in a new item, from where it was, and is one step to undo", async () => {
    const { client } = await openLiveBoard();
    const stroke = client.beginStroke(STYLE, POINT);
    const many = Array.from({ length: 9_000 }, (_, index) => ({ x: index, y: index % 9_000 }));
    stroke.extend(many);
    stroke.end();
    expect(client.view.size).toBe(3);
    client.history.undo();
    expect(client.view.size).toBe(0);
    client.history.redo();
    expect(client.view.size).toBe(3);
  });

  test("[W6] that was drawn without a connection is sent when there is one, and said not to be saved until then", async () => {
    const { client, transport } = openBoard();
    client.beginStroke(STYLE, POINT).end();
    expect(client.saveState).toMatchObject({ state: "not-saved", operations: 1, reason: "there is no connection" });
    transport.connect();
    await transport.join();
    transport.acknowledge(transport.takeOperations());
    expect(client.saveState).toEqual({ state: "saved" });
  });

  test.each([
    { where: "in a storage that outlives the page", storage: () => new LastingStorage(), isKept: true },
    { where: "in memory", storage: () => new MemoryOutboxStorage(), isKept: false },
    { where: "in a storage that is full", storage: () => new FullStorage(), isKept: false },
  ])("[W6] that waits $where is said to be kept: $isKept", async ({ storage, isKept }) => {
    const { client } = openBoard({ storage: storage() });
    client.beginStroke(STYLE, POINT).end();
    client.flush();
    expect(client.saveState).toMatchObject({ state: "not-saved", operations: 1, isKept });
  });

  test("[W6] is under way, whether or not there is room to keep it", async () => {
    const { client, transport } = await openLiveBoard([], { storage: new FullStorage() });
    client.beginStroke(STYLE, POINT).end();
    expect(client.saveState).toEqual({ state: "saving", operations: 1 });
    transport.acknowledge(transport.takeOperations());
    expect(client.saveState).toEqual({ state: "saved" });
  });
});

describe("people", () => {
  test("[W11] are those of all pods; a pod that is silent for too long has nobody", async () => {
    const { client, transport } = await openLiveBoard();
    transport.receive("people", { pod: "a", people: [{ id: "me", name: "Ada" }] });
    transport.receive("people", { pod: "b", people: [{ id: "1", name: "Bob" }] });
    transport.receive("c", "1 5 6;me 7 8");
    expect(client.presence.people).toHaveLength(2);
    expect(client.presence.selfId).toBe("me");
    expect([...client.presence.cursors]).toEqual([["1", { x: 5, y: 6 }]]);
    await vi.advanceTimersByTimeAsync(PEOPLE_TTL_SECONDS * 500);
    transport.receive("people", { pod: "a", people: [{ id: "me", name: "Ada" }] });
    await vi.advanceTimersByTimeAsync(PEOPLE_TTL_SECONDS * 500);
    expect(client.presence.people).toEqual([{ id: "me", name: "Ada" }]);
    expect(client.presence.cursors.size).toBe(0);
  });

  test("[W11] are told where this person points: at once, then the newest place of each interval", async () => {
    const { client, transport } = await openLiveBoard();
    client.presence.moveCursor({ x: 1.4, y: 2 });
    client.presence.moveCursor({ x: 3, y: 4 });
    client.presence.moveCursor({ x: -5, y: 99_999 });
    expect(transport.volatile).toEqual([["c", 1, 2]]);
    await vi.advanceTimersByTimeAsync(50);
    client.presence.moveCursor(undefined);
    await vi.advanceTimersByTimeAsync(50);
    expect(transport.volatile.slice(1)).toEqual([["c", 0, 9_000], ["c"]]);
  });

  test("[W11] get a name that the service takes, whatever was typed, and at the next connection too", async () => {
    const { client, transport } = await openLiveBoard();
    client.presence.rename(`  a\u0007b${"x".repeat(40)}`);
    const { args } = transport.take("name");
    expect(args).toEqual([`a b${"x".repeat(29)}`]);
    client.presence.rename(" ");
    expect(client.presence.name).toBe("Guest");
    await transport.disconnect();
    transport.asked.length = 0;
    transport.connect();
    expect(transport.take("join").args[0]).toMatchObject({ name: "Guest" });
  });
});

test("[W6] a closed client sends nothing more, and leaves what it had for the next one", async () => {
  const storage = new MemoryOutboxStorage();
  const { client, transport } = await openLiveBoard([], { storage });
  const stroke = client.beginStroke(STYLE, POINT);
  stroke.extend([{ x: 1, y: 1 }]);
  transport.sent.length = 0;
  client.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([...transport.asked, ...transport.sent]).toEqual([]);
  expect(client.state).toBe("closed");
  expect(storage.load("plans")).toHaveLength(2);
});
