import { EventEmitter, once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Server } from "socket.io";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EventSocket } from "../../../../test/helpers/event-socket.ts";
import { readMetric } from "../../../../test/helpers/metrics.ts";
import { type RunningWhiteboard, startWhiteboard } from "../../../../test/helpers/running-whiteboard.ts";
import { pointText } from "../../../../test/helpers/strokes.ts";
import { SlowReaders } from "./slow-readers.ts";

/** A text message as a client has to send it: masked, here with zeros (RFC 6455, section 5.3). */
function maskedFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}

/** Joins the board over a WebSocket of its own and then reads nothing any more. */
async function openStuck(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  let received = "";
  socket.on("data", (data) => {
    received += data.toString("latin1");
  });
  const until = async (text: string): Promise<void> => {
    while (!received.includes(text)) await once(socket, "data", { signal: AbortSignal.timeout(10_000) });
  };
  socket.write(
    "GET /socket.io/?EIO=4&transport=websocket&client=crosspod HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n" +
      "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  await until('0{"sid"');
  socket.write(maskedFrame("40"));
  await until('40{"sid"');
  socket.write(maskedFrame('421["join",{"board":"default","client":"stuck000","name":"Stuck"}]'));
  await until("431[");
  socket.pause();
  return socket;
}

describe("a client that reads nothing", () => {
  let whiteboard: RunningWhiteboard;

  beforeEach(async () => {
    whiteboard = await startWhiteboard({ SLOW_READER_SECONDS: "1" });
  });

  afterEach(() => whiteboard[Symbol.asyncDispose]());

  test("[W11] is closed when its socket stays full, and the others go on", { timeout: 20_000 }, async () => {
    const stuck = await openStuck(whiteboard.port);
    using anna = await EventSocket.open(whiteboard.url, "websocket");
    await anna.join({ client: "anna-000" });
    // Appends to an item that there is not change nothing, and are sent to everyone all the same.
    const text = `a1,${pointText(30_000)}`;
    const closed = () => readMetric(whiteboard.adminUrl, "crosspod_board_slow_readers_closed_total");
    let n = 0;
    const draw = async (): Promise<void> => {
      for (let count = 0; count < 20; count += 1) {
        n += 1;
        expect(await anna.ok("o", "anna-000", n, text)).toEqual({ n });
      }
    };
    await vi.waitFor(
      async () => {
        await draw();
        expect(await closed()).toBe(1);
      },
      { timeout: 15_000, interval: 100 },
    );
    expect(await readMetric(whiteboard.adminUrl, "crosspod_board_clients")).toBe(1);
    expect(anna.socket.connected).toBe(true);
    stuck.destroy();
  });
});

describe("a client whose socket is full", () => {
  /** A connection as far as it matters here. */
  class FakeConnection extends EventEmitter {
    readonly transport = { writable: false };
    readonly close = vi.fn();
  }

  const watch = () => {
    const engine = new EventEmitter();
    const closed = vi.fn();
    const readers = new SlowReaders({ engine } as unknown as Server, 3, closed);
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
