import { encodeOperations, itemId, MAX_ITEMS } from "@crosspod/protocol";
import { describe, expect, test, vi } from "vitest";
import { EventSocket, type Transport } from "../../../../test/helpers/event-socket.ts";
import { readMetric } from "../../../../test/helpers/metrics.ts";
import { startWhiteboard } from "../../../../test/helpers/running-whiteboard.ts";
import { SteeredBoardStore } from "../../../../test/helpers/steered-board-store.ts";
import { point, put } from "../../../../test/helpers/strokes.ts";

const ANNA = "anna-000";
const BERT = "bert-000";
const stroke = (client: string, number: number): string =>
  encodeOperations([put(itemId(client, number), [point(1, 1)])], client);

describe.each<Transport>(["websocket", "polling"])("limits over %s", (transport) => {
  test("[W9] who sends too many messages is told so until it slows down; others go on", async () => {
    await using whiteboard = await startWhiteboard({ MAX_MESSAGES_PER_SECOND: "20" });
    using anna = await EventSocket.open(whiteboard.url, transport);
    using bert = await EventSocket.open(whiteboard.url, transport);
    await anna.join({ client: ANNA });
    await bert.join({ client: BERT });
    const replies = await Promise.all(Array.from({ length: 60 }, () => anna.ask("name", "Anna")));
    const errors = replies.flatMap((reply) => ("error" in reply ? [reply.error] : []));
    expect(errors.length).toBeGreaterThan(20);
    expect(errors.length).toBeLessThan(60);
    expect(errors[0]).toMatchObject({ code: "too-many-messages", limit: 20 });
    expect(await bert.ok("o", BERT, 1, stroke(BERT, 1))).toEqual({ n: 1 });
    await vi.waitFor(async () => expect(await anna.ok("o", ANNA, 1, stroke(ANNA, 1))).toEqual({ n: 1 }));
  });

  test("[W9] reading a whole board again and again is limited, too", async () => {
    await using whiteboard = await startWhiteboard({ MAX_MESSAGES_PER_SECOND: "20" });
    using anna = await EventSocket.open(whiteboard.url, transport);
    await anna.join({ client: ANNA });
    const replies = await Promise.all(Array.from({ length: 10 }, () => anna.ask("since", "", 0)));
    expect(replies.filter((reply) => "error" in reply).length).toBeGreaterThan(5);
  });

  test("[W12] too many segments of an original client are dropped and counted", async () => {
    await using whiteboard = await startWhiteboard({ MAX_MESSAGES_PER_SECOND: "5" });
    using original = await EventSocket.openOriginal(whiteboard.url, transport);
    for (let index = 0; index < 50; index += 1) {
      original.socket.emit("drawing", { x0: 0, y0: 0, x1: index / 50, y1: 1, color: "red" });
    }
    const dropped = 'crosspod_board_drawings_dropped_total{why="too-many-messages"}';
    await vi.waitFor(async () => expect(await readMetric(whiteboard.adminUrl, dropped)).toBeGreaterThan(30));
    expect((await whiteboard.store.head("default")).seq).toBeLessThan(20);
  });

  test("[W9] a board that is full says so to who draws on it; other boards go on", async () => {
    await using whiteboard = await startWhiteboard();
    using anna = await EventSocket.open(whiteboard.url, transport);
    using bert = await EventSocket.open(whiteboard.url, transport);
    for (let firstN = 1; firstN <= MAX_ITEMS; firstN += 1_000) {
      const operations = Array.from({ length: 1_000 }, (_, index) => put(itemId("filler00", firstN + index)));
      await whiteboard.store.commit("full", [{ client: "filler00", firstN, operations }]);
    }
    await anna.join({ client: ANNA, board: "full" });
    await bert.join({ client: BERT, board: "other" });
    expect(await anna.refusal("o", ANNA, 1, stroke(ANNA, 1))).toMatchObject({
      code: "too-many-items",
      limit: MAX_ITEMS,
      n: 1,
    });
    expect(await bert.ok("o", BERT, 1, stroke(BERT, 1))).toEqual({ n: 1 });
    expect(await anna.ok("o", ANNA, 1, "c")).toEqual({ n: 1 });
    expect(await anna.ok("o", ANNA, 2, stroke(ANNA, 1))).toEqual({ n: 2 });
  });

  test("[W9] one board too many is refused; who is on a board goes on", async () => {
    await using whiteboard = await startWhiteboard({ MAX_BOARDS: "1" });
    using anna = await EventSocket.open(whiteboard.url, transport);
    using bert = await EventSocket.open(whiteboard.url, transport);
    await anna.join({ client: ANNA, board: "one" });
    const request = { board: "two", client: BERT, name: "Bert" };
    expect(await bert.refusal("join", request)).toMatchObject({ code: "too-many-boards", limit: 1 });
    expect(await bert.refusal("o", BERT, 1, "c")).toMatchObject({ code: "not-joined" });
    expect(await anna.ok("o", ANNA, 1, stroke(ANNA, 1))).toEqual({ n: 1 });
    expect(await bert.ok("join", { ...request, board: "one" })).toMatchObject({ seq: 1 });
  });

  test("[W6] while the store is away nothing is acknowledged; when it is back the same operation is taken, once", async () => {
    const store = new SteeredBoardStore();
    await using whiteboard = await startWhiteboard({}, { store });
    using anna = await EventSocket.open(whiteboard.url, transport);
    await anna.join({ client: ANNA });
    store.isAway = true;
    expect(await anna.refusal("o", ANNA, 1, stroke(ANNA, 1))).toMatchObject({ code: "unavailable" });
    expect(await anna.refusal("since", "", 0)).toMatchObject({ code: "unavailable" });
    const request = { board: "default", client: ANNA, name: "Anna" };
    expect(await anna.refusal("join", request)).toMatchObject({ code: "unavailable" });
    store.isAway = false;
    await anna.join({ client: ANNA });
    expect(await anna.ok("o", ANNA, 1, stroke(ANNA, 1))).toEqual({ n: 1 });
    expect(await store.head("default")).toMatchObject({ seq: 1 });
  });

  test("[W8] a board whose store is slow does not delay another", async () => {
    const store = new SteeredBoardStore();
    await using whiteboard = await startWhiteboard({}, { store });
    using anna = await EventSocket.open(whiteboard.url, transport);
    using bert = await EventSocket.open(whiteboard.url, transport);
    await anna.join({ client: ANNA, board: "slow" });
    await bert.join({ client: BERT, board: "fast" });
    const release = store.hold("slow");
    const slow = anna.ok("o", ANNA, 1, stroke(ANNA, 1));
    for (let n = 1; n <= 5; n += 1) expect(await bert.ok("o", BERT, n, stroke(BERT, n))).toEqual({ n });
    release();
    expect(await slow).toEqual({ n: 1 });
  });

  test("[W10] another epoch is announced at once when a commit shows it", async () => {
    const store = new SteeredBoardStore();
    await using whiteboard = await startWhiteboard({ HEAD_SECONDS: "3600" }, { store });
    using anna = await EventSocket.open(whiteboard.url, transport);
    using bert = await EventSocket.open(whiteboard.url, transport);
    await anna.join({ client: ANNA });
    await bert.join({ client: BERT });
    store.inner = new SteeredBoardStore().inner;
    await bert.ok("o", BERT, 1, stroke(BERT, 1));
    await anna.until("an operation", ([event]) => event === "o");
    expect(anna.all("head")).toEqual([[await store.head("default")]]);
    expect(anna.received.findIndex(([event]) => event === "head")).toBeLessThan(
      anna.received.findIndex(([event]) => event === "o"),
    );
  });

  test("[W10] the last head is announced again while the store is away", async () => {
    const store = new SteeredBoardStore();
    await using whiteboard = await startWhiteboard({ HEAD_SECONDS: "1" }, { store });
    using anna = await EventSocket.open(whiteboard.url, transport);
    expect(await anna.join({ client: ANNA })).toMatchObject({ headSeconds: 1 });
    await anna.ok("o", ANNA, 1, stroke(ANNA, 1));
    const head = await store.head("default");
    store.isAway = true;
    await anna.untilTrue("two heads", () => anna.all("head").length >= 2);
    expect(anna.all("head").at(-1)).toEqual([head]);
  });

  test("[W10] another epoch is announced at once when a read shows it", async () => {
    const store = new SteeredBoardStore();
    await using whiteboard = await startWhiteboard({ HEAD_SECONDS: "3600" }, { store });
    using anna = await EventSocket.open(whiteboard.url, transport);
    using bert = await EventSocket.open(whiteboard.url, transport);
    await anna.join({ client: ANNA });
    store.inner = new SteeredBoardStore().inner;
    await bert.join({ client: BERT });
    const [, head] = await anna.until("a head", ([event]) => event === "head");
    expect(head).toEqual(await store.head("default"));
  });
});
