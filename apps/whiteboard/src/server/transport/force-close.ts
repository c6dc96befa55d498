import type { Socket } from "socket.io";

/**
 * Ends a connection at once: a close in order keeps all that waits for it in memory for 30 s, if the client is silent.
 */
export function forceClose(conn: Socket["conn"]): void {
  conn.close(true);
  conn.request.socket.destroy();
}
