import { BoardEvent, type Drawing } from "@crosspod/protocol";
import type { Socket } from "socket.io";
import { waitForDrain } from "../transport/wait-for-drain.ts";

/** Segments that are sent before the connection must have taken them: a whole board as segments is large. */
const CHUNK = 500;

/** Sends segments to one client of the original example, as fast as its connection takes them [W12]. */
export async function replayDrawings(socket: Socket, drawings: Iterable<Drawing>): Promise<void> {
  let sent = 0;
  for (const drawing of drawings) {
    if (!socket.connected) return;
    socket.emit(BoardEvent.drawing, drawing);
    sent += 1;
    if (sent % CHUNK === 0) await waitForDrain(socket);
  }
}
