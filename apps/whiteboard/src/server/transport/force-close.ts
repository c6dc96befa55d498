import type { Socket } from "socket.io";

/**
 * Ends a connection at once: a close in order would wait 30 s for the other side to close too, with all that waits for
 * it in memory.
 */
export function forceClose(conn: Socket["conn"]): void {
  conn.close(true);
  conn.request.socket.destroy();
}
