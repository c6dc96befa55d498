import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { BoardEvent, type Drawing } from "@crosspod/protocol";
import type { Socket } from "socket.io";

/** Segments that are sent before the connection must have taken them: a whole board as segments is large. */
const CHUNK = 500;

/** Sends segments to one client of the original example, as fast as its connection takes them [W12]. */
export async function replayDrawings(socket: Socket, drawings: Iterable<Drawing>): Promise<void> {
  let sent = 0;
  for (const drawing of drawings) {
    if (!socket.connected) return;
    socket.emit(BoardEvent.drawing, drawing);
    sent += 1;
    if (sent % CHUNK === 0) await taken(socket);
  }
}

/** Resolves when the connection has taken what was sent, or is gone. */
async function taken({ conn }: Socket): Promise<void> {
  if (conn.transport.writable) {
    await turn();
    return;
  }
  const listening = new AbortController();
  const { signal } = listening;
  const either = [once(conn, "drain", { signal }), once(conn, "close", { signal })];
  await Promise.race(either);
  // The one that is left ends with an AbortError that nobody needs.
  Promise.allSettled(either);
  listening.abort();
}
