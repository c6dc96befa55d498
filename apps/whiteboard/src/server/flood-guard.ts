import type { Server, Socket } from "socket.io";
import { cut } from "./cut.ts";
import { MessageRate } from "./message-rate.ts";

/** Packets of any kind that a connection may send, as a multiple of its rate of messages: what is beyond the rate is only refused [W9], what is beyond this costs the others their turn. */
const FLOOD_FACTOR = 10;

/** Closes connections that flood: refusals cost time and memory too, and so does what never becomes an event, such as asking for a namespace. */
export class FloodGuard {
  /** @param closed is called for each that is closed. */
  constructor(io: Server, maxMessagesPerSecond: number, closed: () => void) {
    io.engine.on("connection", (conn: Socket["conn"]) => {
      const rate = new MessageRate(maxMessagesPerSecond * FLOOD_FACTOR);
      conn.on("packet", () => {
        if (conn.readyState !== "open" || rate.take()) return;
        closed();
        cut(conn);
      });
    });
  }
}
