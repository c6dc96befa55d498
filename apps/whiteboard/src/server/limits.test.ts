import { BOARD_PROTOCOL, encodeOperations, itemId, MAX_ITEMS } from "@crosspod/protocol";
import { describe, expect, test, vi } from "vitest";
import { ControlledBoardStore } from "../../../../test/helpers/board/controlled-board-store.ts";
import { EventSocket, type Transport } from "../../../../test/helpers/board/event-socket.ts";
import { fillBoard } from "../../../../test/helpers/board/full-board.ts";
import { itemsOf } from "../../../../test/helpers/board/history-items.ts";
import { startWhiteboard } from "../../../../test/helpers/board/running-whiteboard.ts";
import { point, put } from "../../../../test/helpers/board/strokes.ts";
import { DEADLINE_MS } from "../../../../test/helpers/deadline.ts";
import { readMetric } from "../../../../test/helpers/service/metrics.ts";

const ANNA = "anna-000";
const BERT = "bert-000";
const stroke = (client: string, number: number): string =>
  encodeOperations([put(itemId(client, number), [point(1, 1)])], client);

describe.each<Transport>(["websocket", "polling"])("limits over %s", (transport) => {
  test("[W9] who sends too many messages is told so until it slows down; others go on", async () => {
    await using whiteboard = await startWhiteboard({ MAX_MESSAGES_PER_SECOND: "20" });
    using anna = await EventSocket.open(whiteboard.url, transport);
    using bert = await EventSocket.open(whiteboard.url, transport);
    await anna.join({ clients: [ANNA] });
    await bert.join({ clients: [BERT] });
    const replies = await Promise.all(Array.from({ length: 200 }, () => anna.ask("name", "Anna")));
    const errors = replies.flatMap((reply) => ("error" in reply ? [reply.error] : []));
    expect(errors.length).toBeGreaterThan(20);
    expect(errors.length).toBeLessThan(200);
    expect(errors[0]).toMatchObject({ code: "too-many-messages", limit: 20 });
    await bert.store(BERT, 1, stroke(BERT, 1));
    await vi.waitFor(() => anna.store(ANNA, 1, stroke(ANNA, 1)), DEADLINE_MS);
  });

  test("[W6] operations that are too many messages are refused with their number, and may come again", async () => {
    await using whiteboard = await startWhiteboard({ MAX_MESSAGES_PER_SECOND: "20" });
    using anna = await EventSocket.open(whiteboard.url, transport);
    await anna.join({ clients: [ANNA] });
    for (let clientSeq = 1; clientSeq <= 150; clientSeq += 1)
      anna.socket.emit("o", ANNA, clientSeq, stroke(ANNA, clientSeq));
    await anna.untilTrue("the last refusal", () =>
      anna.all("refused").some(([, error]) => Object(error).clientSeq === 150),
    );
    const [first] = anna.all("refused");
    expect(first).toMatchObject([ANNA, { code: "too-many-messages", limit: 20 }]);
    const { clientSeq } = Object(first?.[1]) as { clientSeq: number };
    const stored = async () => (await whiteboard.store.join("default", [ANNA])).clientSeqs;
    await expect.poll(stored).toEqual([clientSeq - 1]);
    await vi.waitFor(() => anna.store(ANNA, clientSeq, stroke(ANNA, clientSeq)), DEADLINE_MS);
  });

  test("[W9] reading a whole board again and again is limited, too", async () => {
    await using whiteboard = await startWhiteboard({ MAX_MESSAGES_PER_SECOND: "20" });
    using anna = await EventSocket.open(whiteboard.url, transport);
    const request = { protocol: BOARD_PROTOCOL, board: "default", clients: [ANNA], name: "Anna" };
    const replies = await Promise.all(Array.from({ length: 20 }, () => anna.ask("join", request)));
    expect(replies.filter((reply) => "error" in reply).length).toBeGreaterThan(5);
  });

  test("[W12] too many segments of an original client are dropped and counted", async () => {
    await using whiteboard = await startWhiteboard({ MAX_MESSAGES_PER_SECOND: "5" });
    using original = await EventSocket.openOriginal(whiteboard.url, transport);
    for (let index = 0; index < 90; index += 1) {
      original.socket.emit("drawing", { x0: 0, y0: 0, x1: index / 90, y1: 1, color: "red" });
    }
    const dropped = 'crosspod_board_drawings_dropped_total{why="too-many-messages"}';
    await vi.waitFor(
      async () => expect(await readMetric(whiteboard.adminUrl, dropped)).toBeGreaterThan(30),
      DEADLINE_MS,
    );
    expect((await whiteboard.store.head("default")).seq).toBeLessThan(60);
  });

  test("[W9] a board that is full says so to who draws on it; other boards go on", async () => {
    await using whiteboard = await startWhiteboard();
    using anna = await EventSocket.open(whiteboard.url, transport);
    using bert = await EventSocket.open(whiteboard.url, transport);
    await fillBoard(whiteboard.store, "full", MAX_ITEMS, 1);
    await anna.join({ clients: [ANNA], board: "full" });
    await bert.join({ clients: [BERT], board: "other" });
    anna.socket.emit("o", ANNA, 1, stroke(ANNA, 1));
    const refusal = { code: "too-many-items", limit: MAX_ITEMS, clientSeq: 1 };
    expect(await anna.refused()).toMatchObject({ client: ANNA, error: refusal });
    await bert.store(BERT, 1, stroke(BERT, 1));
    await anna.store(ANNA, 1, "c");
    await anna.store(ANNA, 2, stroke(ANNA, 1));
    expect([...anna.all("refused"), ...bert.all("refused")]).toHaveLength(1);
  });

  test("[W9] one board too many is refused; who is on a board goes on", async () => {
    await using whiteboard = await startWhiteboard({ MAX_BOARDS: "1" });
    using anna = await EventSocket.open(whiteboard.url, transport);
    using bert = await EventSocket.open(whiteboard.url, transport);
    await anna.join({ clients: [ANNA], board: "one" });
    const request = { protocol: BOARD_PROTOCOL, board: "two", clients: [BERT], name: "Bert" };
    expect(await bert.refusal("join", request)).toMatchObject({ code: "too-many-boards", limit: 1 });
    bert.socket.emit("o", BERT, 1, "c");
    expect(await bert.refused()).toMatchObject({ client: BERT, error: { code: "not-joined" } });
    await anna.store(ANNA, 1, stroke(ANNA, 1));
    expect(await bert.ok("join", { ...request, board: "one" })).toMatchObject({ seq: 1 });
  });

  test("[W6] while the store is away nothing is acknowledged; when it is back the same operation is taken, once", async () => {
    const store = new ControlledBoardStore();
    await using whiteboard = await startWhiteboard({}, { store });
    using anna = await EventSocket.open(whiteboard.url, transport);
    await anna.join({ clients: [ANNA] });
    store.isAway = true;
    anna.socket.emit("o", ANNA, 1, stroke(ANNA, 1));
    expect(await anna.refused()).toMatchObject({ client: ANNA, error: { code: "unavailable", clientSeq: 1 } });
    const request = { protocol: BOARD_PROTOCOL, board: "default", clients: [ANNA], name: "Anna" };
    expect(await anna.refusal("join", request)).toMatchObject({ code: "unavailable" });
    expect(anna.all("o")).toEqual([]);
    store.isAway = false;
    await anna.join({ clients: [ANNA] });
    await anna.store(ANNA, 1, stroke(ANNA, 1));
    expect(await store.head("default")).toMatchObject({ seq: 1 });
  });

  test("[W8] a board whose store is slow does not delay another", async () => {
    const store = new ControlledBoardStore();
    await using whiteboard = await startWhiteboard({}, { store });
    using anna = await EventSocket.open(whiteboard.url, transport);
    using bert = await EventSocket.open(whiteboard.url, transport);
    await anna.join({ clients: [ANNA], board: "slow" });
    await bert.join({ clients: [BERT], board: "fast" });
    const release = store.hold("slow");
    const slow = anna.store(ANNA, 1, stroke(ANNA, 1));
    for (let clientSeq = 1; clientSeq <= 5; clientSeq += 1) await bert.store(BERT, clientSeq, stroke(BERT, clientSeq));
    expect(anna.all("o")).toEqual([]);
    release();
    await slow;
  });

  test("[W10] another epoch is announced at once when an append shows it, and its operations come after a new join", async () => {
    const store = new ControlledBoardStore();
    await using whiteboard = await startWhiteboard({ HEAD_SECONDS: "300" }, { store });
    using anna = await EventSocket.open(whiteboard.url, transport);
    using bert = await EventSocket.open(whiteboard.url, transport);
    await anna.join({ clients: [ANNA] });
    await bert.join({ clients: [BERT] });
    store.inner = new ControlledBoardStore().inner;
    bert.socket.emit("o", BERT, 1, stroke(BERT, 1));
    for (const socket of [anna, bert]) {
      await socket.until("a head", ([event]) => event === "head");
      const { epoch, seq } = await store.head("default");
      expect(socket.all("head")).toEqual([[{ epoch, seq }]]);
      expect(socket.all("o")).toEqual([]);
      expect(itemsOf(await socket.join({ clients: [BERT] }))).toBe((await store.snapshot("default")).items);
    }
  });

  test("[W10] the last head is announced again while the store is away", async () => {
    const store = new ControlledBoardStore();
    await using whiteboard = await startWhiteboard({ HEAD_SECONDS: "1" }, { store });
    using anna = await EventSocket.open(whiteboard.url, transport);
    expect(await anna.join({ clients: [ANNA] })).toMatchObject({ headSeconds: 1 });
    await anna.store(ANNA, 1, stroke(ANNA, 1));
    const { epoch, seq } = await store.head("default");
    store.isAway = true;
    await anna.untilTrue("two heads", () => anna.all("head").length >= 2);
    expect(anna.all("head").at(-1)).toEqual([{ epoch, seq }]);
  });

  test("[W10] another epoch is announced at once when a read shows it", async () => {
    const store = new ControlledBoardStore();
    await using whiteboard = await startWhiteboard({ HEAD_SECONDS: "300" }, { store });
    using anna = await EventSocket.open(whiteboard.url, transport);
    using bert = await EventSocket.open(whiteboard.url, transport);
    await anna.join({ clients: [ANNA] });
    store.inner = new ControlledBoardStore().inner;
    await bert.join({ clients: [BERT] });
    const [, head] = await anna.until("a head", ([event]) => event === "head");
    const { epoch, seq } = await store.head("default");
    expect(head).toEqual({ epoch, seq });
  });
});
