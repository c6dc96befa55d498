import { EventEmitter } from "node:events";
import type { Socket } from "socket.io";
import { describe, expect, test, vi } from "vitest";
import { DEADLINE_MS } from "../../../../../test/helpers/deadline.ts";
import { replayDrawings } from "./original-replay.ts";

const drawing = { x0: 0, y0: 0, x1: 1, y1: 1, color: "red" };

/** A connection as far as it matters here: it is busy until it is told to drain. */
class BusyConnection extends EventEmitter {
  readonly transport = Object.assign(new EventEmitter(), { writable: false });

  /** Nobody listens any more. */
  get isLeft(): boolean {
    return this.eventNames().length + this.transport.eventNames().length === 0;
  }
}

const connect = () => {
  const conn = new BusyConnection();
  const client = { conn, connected: true, emit: vi.fn() };
  return { conn, client, replay: (count: number) => replayDrawings(client as unknown as Socket, repeat(count)) };
};

function* repeat(count: number) {
  for (let index = 0; index < count; index += 1) yield drawing;
}

describe("a replay", () => {
  test("[W12] waits for the connection to take what was sent before it sends more", async () => {
    const { conn, client, replay } = connect();
    const done = replay(1_200);
    expect(client.emit).toHaveBeenCalledTimes(500);
    await vi.waitFor(() => expect(conn.isLeft).toBe(false), DEADLINE_MS);
    conn.transport.emit("ready");
    await vi.waitFor(() => expect(client.emit).toHaveBeenCalledTimes(1_000), DEADLINE_MS);
    await vi.waitFor(() => expect(conn.isLeft).toBe(false), DEADLINE_MS);
    conn.transport.emit("ready");
    await done;
    expect(client.emit).toHaveBeenCalledTimes(1_200);
    expect(conn.isLeft).toBe(true);
  });

  test("[W12] ends when the connection does", async () => {
    const { conn, client, replay } = connect();
    const done = replay(1_200);
    await vi.waitFor(() => expect(conn.isLeft).toBe(false), DEADLINE_MS);
    client.connected = false;
    conn.emit("close");
    await done;
    expect(client.emit).toHaveBeenCalledTimes(500);
    expect(conn.isLeft).toBe(true);
  });
});
