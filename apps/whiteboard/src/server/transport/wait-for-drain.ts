import { once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Socket } from "socket.io";

/**
 * Resolves when the connection has taken what was sent, or is gone. It first gives others a turn of the event loop: a
 * connection that takes all at once would let nobody in between.
 */
export async function waitForDrain({ conn }: Socket): Promise<void> {
  await nextTurn();
  if (conn.transport.writable || conn.readyState === "closed") return;
  const listening = new AbortController();
  const { signal } = listening;
  // A transport is ready when it can take more: a WebSocket when it has sent, long polling when the next poll has come.
  const either = [
    once(conn.transport, "ready", { signal }),
    once(conn, "upgrade", { signal }),
    once(conn, "close", { signal }),
  ];
  await Promise.race(either);
  // The other listener ends with an AbortError that is not needed.
  Promise.allSettled(either);
  listening.abort();
}
