import { type ClientId, encodeItems, itemId } from "@crosspod/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { encodeAppend } from "../../../../test/helpers/board/operation-text.ts";
import {
  idsOf,
  item,
  numbered,
  OTHER,
  openBoard,
  openLiveBoard,
  others,
  POINT,
  pointsOf,
  putOf,
  REPEAT_MS,
  reconnect,
  type ScriptedTransport,
  STYLE,
} from "../../../../test/helpers/board/scripted-board.ts";
import { MemoryOutboxStorage } from "../outbox/outbox-storage.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** How a client learns that the board is not what it was. */
const WAYS = ["another connection", "an announced head"] as const;

async function learnBy(way: (typeof WAYS)[number], transport: ScriptedTransport): Promise<void> {
  if (way === "another connection") return reconnect(transport);
  transport.receive("head", { epoch: "e2", seq: 0 });
  await vi.advanceTimersByTimeAsync(REPEAT_MS);
}

describe("the stream of a board", () => {
  test("[W7] is applied in its order, one's own operations and those of others", async () => {
    const { client, transport } = await openLiveBoard();
    const { id } = client.beginStroke(STYLE, POINT);
    transport.log([
      others(1, putOf(item(1, 1))),
      ...numbered(transport.takeOperations()),
      others(2, putOf(item(2, 3))),
    ]);
    transport.log([others(3, putOf(item(3, 4)))]);
    transport.head();
    expect([...client.view.items()].map((each) => [each.id, each.z])).toEqual([
      [itemId(OTHER, 1), 1],
      [id, 2],
      [itemId(OTHER, 2), 3],
      [itemId(OTHER, 3), 4],
    ]);
    await vi.advanceTimersByTimeAsync(REPEAT_MS);
    expect([client.state, transport.asked]).toEqual(["live", []]);
  });

  test.each<[string, (transport: ScriptedTransport) => void]>([
    ["leaves a gap", (transport) => transport.receive("o", 3, encodeAppend([others(1, { type: "clear" })], "t"), 3)],
    ["comes twice", (transport) => transport.receive("o", 1, encodeAppend([others(1, { type: "clear" })], "t"), 1)],
    ["cannot be read", (transport) => transport.receive("o", 2, "x@t", 2)],
    ["does not say what is safe", (transport) => transport.receive("o", 2, "otherone1:c@t")],
    ["says that more was before", (transport) => transport.receive("head", { epoch: "e1", seq: 2 })],
    ["says that less was before", (transport) => transport.receive("head", { epoch: "e1", seq: 0 })],
    ["is that of another epoch", (transport) => transport.receive("head", { epoch: "e2", seq: 1 })],
  ])(
    "[W7] [W10] that %s is joined again, from what is known, and the board stays as it is until then",
    async (_, go) => {
      const { client, transport } = await openLiveBoard([item(1, 1)]);
      go(transport);
      expect([client.state, client.view.size]).toEqual(["catching-up", 1]);
      transport.log([others(9, { type: "clear" })]);
      await vi.advanceTimersByTimeAsync(REPEAT_MS);
      expect(transport.asked).toHaveLength(1);
      transport.log([others(9, { type: "clear" })]);
      const operations = encodeAppend([others(2, putOf(item(2, 2)))], "new");
      const { known } = await transport.join({ seq: 2, token: "new", operations });
      expect(known).toEqual({ epoch: "e1", seq: 1, token: "1" });
      expect([client.state, client.view.size]).toEqual(["live", 2]);
    },
  );

  test("[W10] is resumed with the token of the newest message, or of the reply where nothing has come", async () => {
    const { transport } = await openLiveBoard();
    await reconnect(transport);
    expect((await transport.join({ token: "joined" })).known).toEqual({ epoch: "e1", seq: 0, token: "0" });
    await reconnect(transport);
    expect((await transport.join({ token: "joined" })).known?.token).toBe("joined");
    transport.log([others(1, { type: "clear" }), others(2, { type: "clear" })]);
    await reconnect(transport);
    expect((await transport.join()).known).toEqual({ epoch: "e1", seq: 2, token: "2" });
  });

  test("[W10] begins with a board and what came after it", async () => {
    const { client, transport } = openBoard();
    transport.connect();
    const operations = encodeAppend([others(2, putOf(item(2, 8)))], "t");
    await transport.join({ seq: 8, items: encodeItems([item(1, 5)]), operations });
    expect([...client.view.items()].map(({ z }) => z)).toEqual([5, 8]);
    transport.log([others(3, putOf(item(3, 9)))]);
    expect([client.state, client.view.size]).toEqual(["live", 3]);
  });

  test.each([
    ["cannot be read", { items: "nothing" }],
    ["does not follow what is known", { seq: 9 }],
    ["follows another epoch", { epoch: "e2" }],
    ["speaks of other clients", { clientSeqs: [] }],
  ])("[W10] is joined anew, from the beginning, when a reply %s", async (_, reply) => {
    const { client, transport } = await openLiveBoard([item(1, 1)]);
    await reconnect(transport);
    await transport.join(reply);
    expect(client.state).toBe("catching-up");
    await vi.advanceTimersByTimeAsync(REPEAT_MS);
    expect(await transport.join({ seq: 1, items: encodeItems([item(2, 1)]) })).not.toHaveProperty("known");
    expect(idsOf(client)).toEqual([itemId(OTHER, 2)]);
  });

  test("[W10] that never fits is joined again at growing pauses", async () => {
    const { transport } = await openLiveBoard([], { random: () => 0.999 });
    const pauses: number[] = [];
    for (let time = 0; time < 6; time += 1) {
      const before = performance.now();
      transport.receive("head", { epoch: "e1", seq: 7 });
      while (transport.asked.length === 0) await vi.advanceTimersByTimeAsync(1);
      pauses.push(Math.round(performance.now() - before));
      await transport.join();
    }
    expect(pauses).toEqual([199, 399, 799, 1_598, 2_997, 2_997]);
  });
});

describe("operations that are not acknowledged", () => {
  test("[W6] [W10] are sent again from the oldest on, after a join that says what is known", async () => {
    const { client, transport } = await openLiveBoard([item(1, 1)]);
    const stroke = client.beginStroke(STYLE, POINT);
    const first = transport.takeOperations();
    await transport.disconnect();
    expect(client.state).toBe("reconnecting");
    stroke.extend([{ x: 1, y: 1 }]);
    transport.connect();
    expect(await transport.join()).toEqual({
      protocol: 2,
      board: "plans",
      name: "Ada",
      clients: [first.client],
      known: { epoch: "e1", seq: 1, token: "1" },
    });
    expect(transport.takeOperations()).toMatchObject({
      client: first.client,
      firstSeq: 1,
      operations: [{ type: "put" }, { type: "append" }],
    });
  });

  test.each(["items", "operations"])(
    "[W6] [W10] are not sent again when the reply says that its %s have them",
    async (how) => {
      const storage = new MemoryOutboxStorage();
      const { client, transport } = await openLiveBoard([], { storage });
      const stroke = client.beginStroke(STYLE, POINT);
      stroke.extend([{ x: 110, y: 100 }]);
      const [put, append] = [transport.takeOperations(), transport.takeOperations()];
      await reconnect(transport);
      const points = pointsOf(POINT, { x: 110, y: 100 });
      const seqs = { [put.client]: 2 };
      if (how === "items")
        await transport.join({ seq: 2, seqs, items: encodeItems([{ ...item(1, 1), id: stroke.id, points }]) });
      else
        await transport.join({
          seq: 2,
          seqs,
          operations: encodeAppend([...numbered(put), ...numbered(append)], "t"),
        });
      await vi.advanceTimersByTimeAsync(60_000);
      expect(transport.sent).toEqual([]);
      expect([client.saveState, storage.load("plans")]).toEqual([{ state: "saved" }, []]);
      expect(client.view.get(stroke.id)).toMatchObject({ z: 1, points });
    },
  );

  test("[W6] [W10] are sent again, and shown, as far as the reply does not have them", async () => {
    const { client, transport } = await openLiveBoard();
    const stroke = client.beginStroke(STYLE, POINT);
    stroke.extend([{ x: 110, y: 100 }]);
    const { client: author } = transport.takeOperations();
    await reconnect(transport);
    await transport.join({ seq: 1, seqs: { [author]: 1 }, items: encodeItems([{ ...item(1, 1), id: stroke.id }]) });
    expect(client.view.get(stroke.id)?.points).toBe(pointsOf(POINT, { x: 110, y: 100 }));
    expect(transport.sent).toMatchObject([{ client: author, firstSeq: 2, operations: [{ type: "append" }] }]);
  });

  test("[W6] [W8] [W10] are shown and sent again when a store has lost what was not safe", async () => {
    const { client, transport } = await openLiveBoard();
    const { id } = client.beginStroke(STYLE, POINT);
    const message = transport.takeOperations();
    transport.log(numbered(message), 0);
    transport.receive("head", { epoch: "e2", seq: 0 });
    await vi.advanceTimersByTimeAsync(REPEAT_MS);
    await transport.join({ epoch: "e2", seq: 0, items: "" });
    expect(idsOf(client)).toEqual([id]);
    expect(transport.takeOperations()).toEqual(message);
    transport.acknowledge(message);
    expect(client.saveState).toEqual({ state: "saved" });
  });

  test.each(WAYS)(
    "[W6] [W10] get new numbers in another epoch where that lacks those before, learned by %s",
    async (way) => {
      const { client, transport } = await openLiveBoard();
      client.beginStroke(STYLE, POINT).end();
      const first = transport.takeOperations();
      transport.acknowledge(first);
      const { id } = client.beginStroke(STYLE, POINT);
      transport.takeOperations();
      await learnBy(way, transport);
      await transport.join({ epoch: "e2", seq: 1, items: encodeItems([item(9, 1)]) });
      expect(idsOf(client)).toEqual([itemId(OTHER, 9), id]);
      const again = transport.takeOperations();
      expect(again).toMatchObject({ firstSeq: 1, operations: [{ type: "put", id }] });
      expect(again.client).not.toBe(first.client);
      transport.acknowledge(again);
      expect(client.saveState).toEqual({ state: "saved" });
    },
  );

  test("[W6] [W10] get new numbers in another epoch, also when all before them were acknowledged", async () => {
    const { client, transport } = await openLiveBoard();
    client.beginStroke(STYLE, POINT).end();
    const first = transport.takeOperations();
    transport.acknowledge(first);
    await reconnect(transport);
    await transport.join({ epoch: "e2", seq: 0, items: "" });
    client.beginStroke(STYLE, POINT).end();
    const next = transport.takeOperations();
    expect(next.firstSeq).toBe(1);
    expect(next.client).not.toBe(first.client);
  });

  test.each(WAYS)(
    "[W6] [W10] and a stroke that is being drawn goes on in a new item in another epoch, learned by %s",
    async (way) => {
      const { client, transport } = await openLiveBoard();
      const stroke = client.beginStroke(STYLE, POINT);
      const { item: before } = stroke;
      transport.acknowledge(transport.takeOperations());
      await learnBy(way, transport);
      await transport.join({ epoch: "e2", seq: 0, items: "" });
      expect(stroke.item).not.toBe(before);
      stroke.extend([{ x: 110, y: 100 }]);
      stroke.end();
      expect(idsOf(client)).toEqual([stroke.item]);
      expect(client.view.get(stroke.item)?.points).toBe(pointsOf(POINT, { x: 110, y: 100 }));
      expect(transport.takeOperations().operations[0]).toMatchObject({ type: "put", id: stroke.item });
      client.history.undo();
      expect(client.view.size).toBe(0);
    },
  );

  test("[W6] and a stroke that is being drawn stays one item when the same epoch comes back", async () => {
    const { client, transport } = await openLiveBoard();
    const stroke = client.beginStroke(STYLE, POINT);
    const { client: author } = transport.takeOperations();
    await reconnect(transport);
    const items = encodeItems([{ ...item(1, 1), id: stroke.id }]);
    await transport.join({ seq: 1, seqs: { [author]: 1 }, items });
    expect(stroke.item).toBe(stroke.id);
    expect(transport.sent).toEqual([]);
  });
});

describe("operations of an earlier page", () => {
  test("[W6] [W10] are shown, named in the join, and sent under its id before those of this page", async () => {
    const storage = new MemoryOutboxStorage();
    const earlier = openBoard({ storage });
    const { id } = earlier.client.beginStroke(STYLE, POINT);
    earlier.client.close();
    const [left] = storage.load("plans");
    const { client, transport } = openBoard({ storage });
    expect(idsOf(client)).toEqual([id]);
    client.beginStroke(STYLE, POINT).end();
    transport.connect();
    const { clients } = await transport.join();
    expect(clients).toEqual([expect.not.stringMatching(left!.client), left?.client]);
    const adopted = transport.takeOperations();
    expect(adopted).toMatchObject({ client: left?.client, firstSeq: 1, operations: [{ type: "put", id }] });
    expect(transport.sent).toEqual([]);
    transport.acknowledge(adopted);
    expect(transport.takeOperations().client).toBe(clients[0]);
    expect(storage.load("plans").map(({ client: author }) => author)).toEqual([clients[0]]);
  });

  test("[W6] are sent in the order in which they were made, whatever their ids", async () => {
    const storage = new MemoryOutboxStorage();
    const clients: (ClientId | undefined)[] = [];
    for (const random of [0.9, 0.5, 0.1]) {
      const { client } = openBoard({ storage, random: () => random });
      client.beginStroke(STYLE, POINT);
      client.close();
      clients.push(storage.load("plans").find((left) => !clients.includes(left.client))?.client);
    }
    const { transport } = openBoard({ storage });
    transport.connect();
    await transport.join();
    for (const client of clients) {
      const sent = transport.takeOperations();
      expect(sent.client).toBe(client);
      transport.acknowledge(sent);
    }
  });

  test("[W6] [W10] are neither shown twice nor sent when the board has them already", async () => {
    const storage = new MemoryOutboxStorage();
    const earlier = openBoard({ storage });
    const stroke = earlier.client.beginStroke(STYLE, POINT);
    earlier.client.flush();
    stroke.extend([{ x: 110, y: 100 }]);
    earlier.client.close();
    const points = pointsOf(POINT, { x: 110, y: 100 });
    const [left] = storage.load("plans");
    const { client, transport } = openBoard({ storage });
    transport.connect();
    const items = encodeItems([{ ...item(1, 1), id: stroke.id, points }]);
    await transport.join({ seq: 2, seqs: { [left!.client]: 2 }, items });
    expect(client.view.get(stroke.id)?.points).toBe(points);
    expect(client.saveState).toEqual({ state: "saved" });
    expect([transport.sent, storage.load("plans")]).toEqual([[], []]);
  });

  test("[W6] that crashed in the middle of giving new numbers are sent up to the hole, and the rest under a new id", async () => {
    const storage = new MemoryOutboxStorage();
    const client: ClientId = "crashed_";
    for (const clientSeq of [1, 3, 4]) storage.put("plans", { client, clientSeq, order: clientSeq, text: "c" });
    const { transport } = openBoard({ storage });
    transport.connect();
    await transport.join();
    const [first, second] = transport.sent.splice(0);
    expect([first, second]).toMatchObject([
      { client, firstSeq: 1, operations: [{ type: "clear" }] },
      { client, firstSeq: 3, operations: [{ type: "clear" }, { type: "clear" }] },
    ]);
    transport.acknowledge(first!);
    transport.refuse(second!, { code: "gap", detail: "", clientSeq: 3, next: 2 });
    await vi.advanceTimersByTimeAsync(REPEAT_MS);
    await transport.join({ seqs: { [client]: 1 } });
    const rest = transport.takeOperations();
    expect(rest).toMatchObject({ firstSeq: 1, operations: [{ type: "clear" }, { type: "clear" }] });
    expect(rest.client).not.toBe(client);
    transport.acknowledge(rest);
    expect(storage.load("plans")).toEqual([]);
  });

  test("[W10] of more pages than a join may name are sent after another join has told of them", async () => {
    const storage = new MemoryOutboxStorage();
    for (let order = 1; order <= 260; order += 1) {
      storage.put("plans", { client: `${order}`.padStart(8, "_"), clientSeq: 1, order, text: "c" });
    }
    const { client, transport } = openBoard({ storage });
    transport.connect();
    expect((await transport.join()).clients).toHaveLength(256);
    for (let sent = transport.sent.shift(); sent; sent = transport.sent.shift()) {
      transport.acknowledge(sent);
      await vi.advanceTimersByTimeAsync(33);
    }
    expect([client.state, storage.load("plans").length]).toEqual(["catching-up", 5]);
    await vi.advanceTimersByTimeAsync(REPEAT_MS);
    expect((await transport.join()).clients).toHaveLength(6);
    for (let sent = transport.sent.shift(); sent; sent = transport.sent.shift()) {
      transport.acknowledge(sent);
      await vi.advanceTimersByTimeAsync(33);
    }
    expect([client.state, storage.load("plans").length]).toEqual(["live", 0]);
  });
});

describe("a pod of another version", () => {
  const OLD_REPLY = { ok: { epoch: "e1", seq: 0, items: "", n: 0, pod: "pod-1", version: "1", headSeconds: 5 } };

  test.each([
    ["says so", { error: { code: "outdated", detail: "protocol must be 3" } }],
    ["takes the join for malformed", { error: { code: "malformed", detail: "client must be a text" } }],
    ["answers in its own way", OLD_REPLY],
  ])("[W14] that %s is told to the person, who can go on drawing, and another pod is looked for", async (_, reply) => {
    const storage = new MemoryOutboxStorage();
    const { client, transport } = openBoard({ storage });
    transport.connect();
    await transport.take("join").reply(reply);
    expect(client.syncError).toMatchObject({ code: "outdated" });
    client.beginStroke(STYLE, POINT).end();
    client.flush();
    expect(client.saveState).toMatchObject({ state: "not-saved", operations: 1, reason: client.syncError?.detail });
    expect([transport.sent, storage.load("plans").length]).toEqual([[], 1]);
    await vi.advanceTimersByTimeAsync(REPEAT_MS);
    expect([transport.reconnects, client.state]).toEqual([1, "reconnecting"]);
    expect(client.syncError).toMatchObject({ code: "outdated" });
    transport.connect();
    await transport.join();
    expect([client.state, client.syncError]).toEqual(["live", undefined]);
    transport.acknowledge(transport.takeOperations());
    expect(client.saveState).toEqual({ state: "saved" });
  });

  test("[W14] is looked for at growing pauses", async () => {
    const { transport } = openBoard({ random: () => 0.999 });
    const pauses: number[] = [];
    for (let time = 0; time < 6; time += 1) {
      transport.connect();
      await transport.take("join").reply(OLD_REPLY);
      const before = performance.now();
      while (transport.reconnects === time) await vi.advanceTimersByTimeAsync(1);
      pauses.push(Math.round(performance.now() - before));
    }
    expect(pauses).toEqual([199, 399, 799, 1_598, 2_997, 2_997]);
  });
});
