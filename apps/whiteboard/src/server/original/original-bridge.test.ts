import { BoardEvent, type Drawing, encodeOperations, itemId, type Point, type Put } from "@crosspod/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ControlledBoardStore } from "../../../../../test/helpers/board/controlled-board-store.ts";
import { EventSocket, type Transport } from "../../../../../test/helpers/board/event-socket.ts";
import { type RunningWhiteboard, startWhiteboard } from "../../../../../test/helpers/board/running-whiteboard.ts";
import { append, point, put } from "../../../../../test/helpers/board/strokes.ts";
import { submission } from "../../../../../test/helpers/board/submission.ts";
import { DEADLINE_MS } from "../../../../../test/helpers/deadline.ts";
import { readMetric } from "../../../../../test/helpers/service/metrics.ts";
import { MemoryBoardStore } from "../store/memory-board-store.ts";

const ANNA = "anna-000";

/** A segment between shares of a window. */
const segment = (x0: number, y0: number, x1: number, y1: number, color = "black"): Drawing => ({
  x0,
  y0,
  x1,
  y1,
  color,
});

/** A segment between points of the board's grid. */
const between = (from: readonly [number, number], to: readonly [number, number], color = "black"): Drawing =>
  segment(from[0] / 16_000, from[1] / 9_000, to[0] / 16_000, to[1] / 9_000, color);

const drawingsOf = (socket: EventSocket): unknown[] => socket.all(BoardEvent.drawing).map(([drawing]) => drawing);

/** Resolves when all of the segments have come. */
const heard = (socket: EventSocket, ...drawings: Drawing[]): Promise<void> =>
  socket.untilTrue(`drawings ${JSON.stringify(drawings)}`, () => {
    const all = drawingsOf(socket).map((drawing) => JSON.stringify(drawing));
    return drawings.every((drawing) => all.includes(JSON.stringify(drawing)));
  });

describe.each<Transport>(["websocket", "polling"])("the original example's client over %s", (transport) => {
  let whiteboard: RunningWhiteboard;
  let store: ControlledBoardStore;
  const sockets: EventSocket[] = [];

  beforeEach(async () => {
    store = new ControlledBoardStore();
    whiteboard = await startWhiteboard({ HEAD_SECONDS: "1" }, { store });
  });

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket[Symbol.dispose]();
    await whiteboard[Symbol.asyncDispose]();
  });

  const keep = async (opening: Promise<EventSocket>): Promise<EventSocket> => {
    const socket = await opening;
    sockets.push(socket);
    return socket;
  };

  /** One that has been sent the board: it hears of a segment that was drawn after it came. */
  const openOriginal = (): Promise<EventSocket> => keep(EventSocket.openOriginal(whiteboard.url, transport));

  const openOurs = async (): Promise<EventSocket> => {
    const socket = await keep(EventSocket.open(whiteboard.url, transport));
    await socket.join();
    return socket;
  };

  test("[W12] what it draws becomes one stroke of the default board, in its colour and width", async () => {
    const anna = await openOurs();
    const original = await openOriginal();
    original.socket.emit("drawing", segment(0.1, 0.2, 0.2, 0.4, "red"));
    original.socket.emit("drawing", segment(0.2, 0.4, 0.3, 0.3, "red"));
    await anna.untilTrue("two operations", () => anna.operations.length === 2);
    const [first, second] = anna.operations;
    const { id, points } = put("anna-000.1", [point(1_600, 1_800), point(3_200, 3_600)]);
    expect(first?.operation).toMatchObject({ type: "put", color: "ff0000", width: 32, pressure: false, points });
    const { id: itsId } = first!.operation as Put;
    expect(itsId).not.toBe(id);
    expect(second?.operation).toEqual(append(itsId, [point(4_800, 2_700)], point(3_200, 3_600)));
  });

  test("[W12] a segment that begins elsewhere, or has another colour, begins another stroke", async () => {
    const anna = await openOurs();
    const original = await openOriginal();
    original.socket.emit("drawing", segment(0.1, 0.1, 0.2, 0.2));
    original.socket.emit("drawing", segment(0.3, 0.3, 0.4, 0.4));
    original.socket.emit("drawing", segment(0.4, 0.4, 0.5, 0.5, "#00FF00"));
    await anna.untilTrue("three operations", () => anna.operations.length === 3);
    const operations = anna.operations.map(({ operation }) => operation);
    expect(operations).toMatchObject([
      { type: "put", color: "000000" },
      { type: "put", color: "000000" },
      { type: "put", color: "00ff00" },
    ]);
  });

  test("[W12] what it draws is sent to others of its kind, and not to itself", async () => {
    const [drawer, viewer] = [await openOriginal(), await openOriginal()];
    const first = segment(0.25, 0.5, 0.5, 0.75, "green");
    drawer.socket.emit("drawing", first);
    await heard(viewer, first);
    const answer = segment(0.75, 0.75, 1, 1, "yellow");
    viewer.socket.emit("drawing", answer);
    await heard(drawer, answer);
    expect(drawingsOf(drawer)).toEqual([answer]);
    expect(drawingsOf(viewer)).toEqual([first]);
  });

  test("[W12] what is drawn with crosspod's page is sent to it, stroke by stroke as they grow", async () => {
    const anna = await openOurs();
    const original = await openOriginal();
    const stroke = { ...put(`${ANNA}.1`, [point(0, 0), point(160, 90), point(320, 90)]), color: "123456" };
    await anna.store(ANNA, 1, encodeOperations([stroke], ANNA));
    await heard(original, between([0, 0], [160, 90], "#123456"), between([160, 90], [320, 90], "#123456"));
    const more = [append(`${ANNA}.1`, [point(320, 180)], point(320, 90)), put(`${ANNA}.2`, [point(800, 900)])];
    await anna.store(ANNA, 2, encodeOperations(more, ANNA));
    await heard(original, between([320, 90], [320, 180], "#123456"), between([800, 900], [800, 900]));
    expect(drawingsOf(original)).toHaveLength(4);
  });

  test("[W12] it is sent nothing for operations that change nothing, and no other board", async () => {
    const anna = await openOurs();
    const original = await openOriginal();
    const nothing = [append(`${ANNA}.9`), put(`${ANNA}.1`), put(`${ANNA}.1`, [point(5, 5)])];
    await anna.store(ANNA, 1, encodeOperations(nothing, ANNA));
    await anna.join({ board: "other" });
    await anna.store(ANNA, 1, encodeOperations([put(`${ANNA}.1`, [point(7, 7)])], ANNA));
    await anna.join();
    await anna.store(ANNA, 4, encodeOperations([put(`${ANNA}.2`, [point(9, 9)])], ANNA));
    await heard(original, between([9, 9], [9, 9]));
    expect(drawingsOf(original)).toEqual([between([100, 100], [200, 150]), between([9, 9], [9, 9])]);
  });

  test("[W12] one that comes late is sent the whole board, from its bottom to its top", async () => {
    const anna = await openOurs();
    const strokes = Array.from({ length: 800 }, (_, index) =>
      put(itemId(ANNA, index), [point(index, 0), point(index, 90)]),
    );
    await anna.store(ANNA, 1, encodeOperations(strokes.slice(0, 500), ANNA));
    await anna.store(ANNA, 501, encodeOperations(strokes.slice(500), ANNA));
    await anna.store(ANNA, 801, encodeOperations([append(itemId(ANNA, 0), [point(5, 5)], point(0, 90))], ANNA));
    const original = await openOriginal();
    const expected = strokes.flatMap((_, index) => {
      const own = between([index, 0], [index, 90]);
      return index === 0 ? [own, between([0, 90], [5, 5])] : [own];
    });
    await original.untilTrue("the board", () => drawingsOf(original).length === expected.length);
    expect(drawingsOf(original)).toEqual(expected);
  });

  test("[W12] one that comes late is not sent what is gone, though the board was read before that", async () => {
    const anna = await openOurs();
    const stroke = (number: number) => put(itemId(ANNA, number), [point(number, 0), point(number, 90)]);
    await anna.store(ANNA, 1, encodeOperations([stroke(1), stroke(2)], ANNA));
    const early = await openOriginal();
    await heard(early, between([2, 0], [2, 90]));
    await anna.store(ANNA, 3, encodeOperations([{ type: "clear" }, stroke(3)], ANNA));
    const late = await openOriginal();
    await heard(late, between([3, 0], [3, 90]));
    expect(drawingsOf(late)).toEqual([between([3, 0], [3, 90])]);
  });

  test("[W12] it goes on with a new stroke when somebody has cleared the board meanwhile", async () => {
    const anna = await openOurs();
    const original = await openOriginal();
    original.socket.emit("drawing", segment(0.1, 0.1, 0.2, 0.2));
    await anna.untilTrue("its stroke", () => anna.operations.length === 1);
    await anna.store(ANNA, 1, "c");
    original.socket.emit("drawing", segment(0.2, 0.2, 0.3, 0.3));
    await anna.untilTrue("its new stroke", () => anna.operations.length === 3);
    expect(anna.operations.map(({ operation }) => operation.type)).toEqual(["put", "clear", "put"]);
  });

  test("[W12] what cannot be read is dropped and counted, and what comes next is drawn", async () => {
    const [original, viewer] = [await openOriginal(), await openOriginal()];
    const good = segment(0.1, 0.1, 0.2, 0.2);
    const wrong: unknown[] = [
      undefined,
      null,
      7,
      "drawing",
      [],
      {},
      { ...good, x0: "0.1" },
      { ...good, y1: null },
      { ...good, x1: 3 },
      { ...good, y0: -1.5 },
      { ...good, color: "url(javascript:alert(1))" },
      { ...good, color: 3 },
      { ...good, color: "constructor" },
      { ...good, color: undefined },
      Buffer.from("binary"),
    ];
    for (const json of wrong) original.socket.emit("drawing", json);
    original.socket.emit("drawing");
    original.socket.emit("drawing", good, ...Array.from({ length: 1_000 }, () => good));
    await heard(viewer, good);
    expect(drawingsOf(viewer)).toEqual([good]);
    const dropped = 'crosspod_board_drawings_dropped_total{why="malformed"}';
    expect(await readMetric(whiteboard.adminUrl, dropped)).toBe(wrong.length + 1);
  });

  test("[W12] a segment that leaves the window ends at its edge", async () => {
    const [original, viewer] = [await openOriginal(), await openOriginal()];
    original.socket.emit("drawing", segment(0.5, 0.5, 1.2, -0.1));
    await heard(viewer, segment(0.5, 0.5, 1, 0));
  });

  test("[W12] a segment that could not be stored is dropped and counted, and the next one is drawn", async () => {
    const [original, viewer] = [await openOriginal(), await openOriginal()];
    store.isAway = true;
    original.socket.emit("drawing", segment(0.1, 0.1, 0.2, 0.2));
    const dropped = 'crosspod_board_drawings_dropped_total{why="not-stored"}';
    await vi.waitFor(async () => expect(await readMetric(whiteboard.adminUrl, dropped)).toBe(1), DEADLINE_MS);
    store.isAway = false;
    const next = segment(0.2, 0.2, 0.3, 0.3);
    original.socket.emit("drawing", next);
    await heard(viewer, next);
    expect(drawingsOf(viewer)).toEqual([next]);
  });

  test("[W12] what another pod has drawn is sent, too, soon", async () => {
    const [original, viewer] = [await openOriginal(), await openOriginal()];
    const first = segment(0.25, 0.25, 0.5, 0.5);
    original.socket.emit("drawing", first);
    await heard(viewer, first);
    const operations = [put(`${ANNA}.1`, [point(0, 0), point(9, 9)])];
    await store.inner.append("default", [submission(ANNA, 1, ...operations)]);
    await heard(viewer, between([0, 0], [9, 9]));
    await heard(original, between([0, 0], [9, 9]));
    expect(drawingsOf(viewer)).toHaveLength(2);
  });

  test("[W12] one that cannot be sent the board is asked to come again", async () => {
    store.isAway = true;
    const original = await openOriginal();
    await original.lost();
    store.isAway = false;
    await store.inner.append("default", [submission(ANNA, 1, put(`${ANNA}.1`, [point(0, 0), point(9, 9)]))]);
    await heard(original, between([0, 0], [9, 9]));
  });

  test("[W12] a connection that joins is none of the original example any more", async () => {
    const joiner = await openOriginal();
    await joiner.join({ clients: [ANNA] });
    await joiner.store(ANNA, 1, encodeOperations([put(`${ANNA}.1`)], ANNA));
    expect(await joiner.refusal("drawing", segment(0, 0, 1, 1))).toMatchObject({ code: "malformed" });
    expect(drawingsOf(joiner)).toEqual([]);
  });
});

describe("the original example's page", () => {
  test("[W12] it polls first, then goes over to a WebSocket, and misses nothing", async () => {
    await using whiteboard = await startWhiteboard();
    using viewer = await EventSocket.openOriginal(whiteboard.url, "polling", { transports: ["polling", "websocket"] });
    using drawer = await EventSocket.openOriginal(whiteboard.url, "websocket");
    const drawings = Array.from({ length: 100 }, (_, index) => segment(index / 100, 0, index / 100, 0.5));
    for (const drawing of drawings) {
      drawer.socket.emit("drawing", drawing);
      await viewer.untilTrue("it", () => drawingsOf(viewer).length > 0);
    }
    await viewer.untilTrue("all", () => drawingsOf(viewer).length === drawings.length);
    expect(viewer.socket.io.engine.transport.name).toBe("websocket");
  });

  test("[W12] it finds socket.io's client on the server", async () => {
    await using whiteboard = await startWhiteboard();
    const response = await fetch(new URL("socket.io/socket.io.js", whiteboard.url));
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("Socket.IO v4");
  });

  test("[W10] it is sent the board anew at once when an append shows another one", async () => {
    const store = new ControlledBoardStore();
    await using whiteboard = await startWhiteboard({ HEAD_SECONDS: "300" }, { store });
    using original = await EventSocket.openOriginal(whiteboard.url, "websocket");
    using viewer = await EventSocket.openOriginal(whiteboard.url, "websocket");
    const first = segment(0.25, 0.25, 0.5, 0.5);
    original.socket.emit("drawing", first);
    await heard(viewer, first);
    store.inner = new MemoryBoardStore({ maxBoards: 100 });
    const operations = [put(`${ANNA}.1`, [point(0, 0), point(9, 9)])];
    await store.inner.append("default", [submission(ANNA, 1, ...operations)]);
    // Its next segment goes on from a stroke that this board does not know: the one after it is drawn.
    original.socket.emit("drawing", segment(0.5, 0.5, 0.75, 0.75));
    await heard(viewer, between([0, 0], [9, 9]));
    const dropped = 'crosspod_board_drawings_dropped_total{why="not-stored"}';
    await vi.waitFor(async () => expect(await readMetric(whiteboard.adminUrl, dropped)).toBe(1), DEADLINE_MS);
    const next = segment(0.1, 0.1, 0.2, 0.2);
    original.socket.emit("drawing", next);
    await heard(viewer, next);
  });
});

describe("the original example's clients of several pods", () => {
  test("[W12] one that comes while the board is read for another, who leaves, hears what other pods append", async () => {
    const store = new ControlledBoardStore();
    await using whiteboard = await startWhiteboard({ HEAD_SECONDS: "300" }, { store });
    const open = () => EventSocket.openOriginal(whiteboard.url, "websocket");
    const clients = () => readMetric(whiteboard.adminUrl, "crosspod_board_clients");
    const draw = (number: number, ...points: [Point, Point]) =>
      store.inner.append("default", [submission(ANNA, number, put(itemId(ANNA, number), points))]);
    await draw(1, point(0, 0), point(1_600, 900));
    const letAllJoin = store.pause("join");
    (await open())[Symbol.dispose]();
    await expect.poll(clients).toBe(0);
    using second = await open();
    letAllJoin();
    await heard(second, between([0, 0], [1_600, 900]));
    await draw(2, point(1_600, 900), point(3_200, 1_800));
    await heard(second, between([1_600, 900], [3_200, 1_800]));
  });
});
