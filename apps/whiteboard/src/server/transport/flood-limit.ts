import type { Server, Socket } from "socket.io";
import { forceClose } from "./force-close.ts";
import { TokenBucket } from "./token-bucket.ts";

/**
 * Packets of any kind that a connection may send, as a multiple of its rate of messages: what is beyond the rate is
 * only refused [W9], what is beyond this costs the others their turn.
 */
const FLOOD_FACTOR = 10;

/**
 * Closes connections that flood: refusals cost time and memory too, and so does what never becomes an event, such as
 * asking for a namespace.
 *
 * @param closed is called for each that is closed.
 */
export function limitFloods(io: Server, maxMessagesPerSecond: number, closed: () => void): void {
  io.engine.on("connection", (conn: Socket["conn"]) => {
    const bucket = new TokenBucket(maxMessagesPerSecond * FLOOD_FACTOR);
    conn.on("packet", () => {
      if (conn.readyState !== "open" || bucket.take()) return;
      closed();
      forceClose(conn);
    });
  });
}
