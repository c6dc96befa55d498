import { EventEmitter } from "node:events";
import type { Server } from "socket.io";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EventSocket } from "../../../../../test/helpers/board/event-socket.ts";
import { joinFrozen } from "../../../../../test/helpers/board/frozen-board-socket.ts";
import { type RunningWhiteboard, startWhiteboard } from "../../../../../test/helpers/board/running-whiteboard.ts";
import { pointText } from "../../../../../test/helpers/board/strokes.ts";
import { DEADLINE_MS } from "../../../../../test/helpers/deadline.ts";
import { readMetric } from "../../../../../test/helpers/service/metrics.ts";
import { SlowConsumers } from "./slow-consumers.ts";

describe("a client that reads nothing", () => {
  let whiteboard: RunningWhiteboard;

  beforeEach(async () => {
    whiteboard = await startWhiteboard({ SLOW_CONSUMER_SECONDS: "1" });
  });

  afterEach(() => whiteboard[Symbol.asyncDispose]());

  test("[W11] is closed when its socket stays full, and the others go on", async () => {
    const frozen = await joinFrozen(whiteboard.port);
    using anna = await EventSocket.open(whiteboard.url, "websocket");
    await anna.join();
    // Appends to an item that there is not change nothing, and are sent to everyone all the same.
    const text = `a1,${pointText(30_000)}`;
    const closed = () => readMetric(whiteboard.adminUrl, "crosspod_board_slow_consumers_closed_total");
    let n = 0;
    const draw = async (): Promise<void> => {
      for (let count = 0; count < 20; count += 1) {
        n += 1;
        await anna.store("anna-000", n, text);
      }
    };
    await vi.waitFor(
      async () => {
        await draw();
        expect(await closed()).toBe(1);
      },
      { interval: 100, timeout: DEADLINE_MS },
    );
    expect(await readMetric(whiteboard.adminUrl, "crosspod_board_clients")).toBe(1);
    expect(anna.socket.connected).toBe(true);
    frozen.destroy();
  });
});

describe("a client whose socket is full", () => {
  /** A connection as far as it matters here. */
  class FakeConnection extends EventEmitter {
    readonly transport = { writable: false };
    readonly close = vi.fn();
    readonly request = { socket: { destroy: vi.fn() } };
  }

  const watch = () => {
    const engine = new EventEmitter();
    const closed = vi.fn();
    const readers = new SlowConsumers({ engine } as unknown as Server, 3, closed);
    const connection = new FakeConnection();
    engine.emit("connection", connection);
    return { readers, connection, closed };
  };

  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("[W11] stays while it takes something now and then, and is closed when it does not", () => {
    const { readers, connection, closed } = watch();
    for (let second = 0; second < 10; second += 2) {
      vi.advanceTimersByTime(2_000);
      connection.emit("flush");
    }
    expect(connection.close).not.toHaveBeenCalled();
    vi.advanceTimersByTime(4_000);
    expect(connection.close).toHaveBeenCalledWith(true);
    expect(connection.request.socket.destroy).toHaveBeenCalled();
    expect(closed).toHaveBeenCalled();
    readers.close();
  });

  test("[W11] is not closed while nothing waits for it", () => {
    const { readers, connection } = watch();
    connection.transport.writable = true;
    vi.advanceTimersByTime(60_000);
    expect(connection.close).not.toHaveBeenCalled();
    readers.close();
  });
});
