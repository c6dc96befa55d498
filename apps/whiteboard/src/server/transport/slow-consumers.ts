import type { Server, Socket } from "socket.io";
import { forceClose } from "./force-close.ts";

const LOOK_INTERVAL_MS = 1_000;

type Engine = Socket["conn"];

/**
 * Closes connections that take nothing: what is sent to them waits in memory. One that reads slowly catches up, or
 * takes longer each time until it is closed. Its client connects again and gets what it missed.
 */
export class SlowConsumers {
  /** When each connection last took something, in milliseconds of `performance.now()`. */
  readonly #tookAt = new Map<Engine, number>();
  readonly #timer: NodeJS.Timeout;

  /** @param closed is called for each that is closed. */
  constructor(io: Server, slowConsumerSeconds: number, closed: () => void) {
    io.engine.on("connection", (conn: Engine) => this.#watch(conn));
    this.#timer = setInterval(() => this.#closeSlow(slowConsumerSeconds * 1_000, closed), LOOK_INTERVAL_MS);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #watch(conn: Engine): void {
    const took = (): unknown => this.#tookAt.set(conn, performance.now());
    took();
    conn.on("flush", took);
    conn.once("close", () => this.#tookAt.delete(conn));
  }

  #closeSlow(afterMs: number, closed: () => void): void {
    const now = performance.now();
    for (const [conn, at] of this.#tookAt) {
      if (conn.transport.writable || now - at < afterMs) continue;
      closed();
      forceClose(conn);
    }
  }
}
