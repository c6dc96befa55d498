import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BoardPod } from "../../../../../test/helpers/board/board-pod.ts";
import { ControlledBoardStore } from "../../../../../test/helpers/board/controlled-board-store.ts";
import { EventSocket, type Transport } from "../../../../../test/helpers/board/event-socket.ts";
import { put } from "../../../../../test/helpers/board/strokes.ts";
import { DEADLINE_MS } from "../../../../../test/helpers/deadline.ts";
import { BoardSession } from "./board-session.ts";

const ANNA = "anna-000";

describe.each<Transport>(["websocket", "polling"])("a session over %s", (transport) => {
  let store: ControlledBoardStore;
  let pod: BoardPod;
  let url: string;
  const sockets: EventSocket[] = [];

  beforeEach(async () => {
    store = new ControlledBoardStore();
    pod = new BoardPod(store);
    const server = createServer();
    pod.io.attach(server);
    pod.io.on("connection", (socket) => {
      const { boards, metrics } = pod;
      const failed = (error: unknown): unknown => pod.errors.push(error);
      const context = {
        boards,
        metrics,
        failed,
        pod: "pod-a",
        version: "1",
        headSeconds: 3,
        maxMessagesPerSecond: 100,
      };
      new BoardSession(socket, context, undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });

  /** Nothing is left of those who were here. */
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket[Symbol.dispose]();
    const { adapter } = pod.io.of("/");
    await vi.waitFor(() => {
      expect([pod.boards.size, store.listeners, pod.io.engine.clientsCount]).toEqual([0, 0, 0]);
      expect([adapter.sids.size, adapter.rooms.size]).toEqual([0, 0]);
    }, DEADLINE_MS);
    await pod.io.close();
    expect(pod.errors).toEqual([]);
  });

  const open = async (): Promise<EventSocket> => {
    const socket = await EventSocket.open(url, transport);
    sockets.push(socket);
    return socket;
  };

  test.each(["read", "join", "snapshot"] as const)(
    "[W10] that breaks during its join, while a %s is under way, leaves nothing behind",
    async (what) => {
      const anna = await open();
      const proceed = store.pause(what);
      const joining = anna.join().catch(() => undefined);
      await expect.poll(() => pod.boards.size).toBe(1);
      anna[Symbol.dispose]();
      await expect.poll(() => pod.io.engine.clientsCount).toBe(0);
      proceed();
      await expect.poll(() => pod.boards.size).toBe(0);
      void joining;
    },
  );

  test("[W10] whose join failed is on no board, and may join again", async () => {
    const anna = await open();
    store.isAway = true;
    await expect(anna.join()).rejects.toThrow("unavailable");
    await expect.poll(() => pod.boards.size).toBe(0);
    store.isAway = false;
    await anna.join();
    await anna.store(ANNA, 1, "c");
  });

  test("[W10] that joins again is on its board all the time, and is sent each operation once", async () => {
    const [anna, bert] = [await open(), await open()];
    await anna.join();
    await bert.join({ clients: ["bert-000"] });
    const proceed = store.pause("join");
    const joining = anna.join();
    await bert.store("bert-000", 1, "c");
    proceed();
    const { seq, clientSeqs } = await joining;
    await bert.store("bert-000", 2, "c");
    await anna.untilTrue("both", () => anna.operations.length === 2);
    expect([seq, clientSeqs]).toEqual([1, [0]]);
    expect(anna.operations.map((operation) => operation.seq)).toEqual([1, 2]);
  });

  test("[W10] that joins one board after the other without waiting is on the last one", async () => {
    const [anna, bert] = [await open(), await open()];
    const boards = ["one", "two", "three"];
    await Promise.all(boards.map((board) => anna.join({ board })));
    expect(pod.boards.size).toBe(1);
    for (const board of boards) {
      await bert.join({ board, clients: ["bert-000"] });
      await bert.store("bert-000", 1, "c");
    }
    await anna.untilTrue("an operation", () => anna.operations.length > 0);
    expect(anna.operations).toHaveLength(1);
  });

  test("[W7] whose connection breaks right after it has sent operations has them stored", async () => {
    const anna = await open();
    await anna.join();
    const release = store.hold("default");
    anna.submit(ANNA, 1, put(`${ANNA}.1`));
    await expect.poll(() => store.appends).toHaveLength(1);
    anna[Symbol.dispose]();
    await expect.poll(() => pod.io.engine.clientsCount).toBe(0);
    await turn();
    expect(pod.boards.size).toBe(1);
    release();
    await expect.poll(() => store.inner.head("default")).toMatchObject({ seq: 1 });
  });
});
