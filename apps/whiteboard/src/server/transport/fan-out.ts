import { BoardEvent } from "@crosspod/protocol";
import type { Server } from "socket.io";
import { Adapter } from "socket.io-adapter";
import { roomName } from "../store/append-message.ts";
import type { BoardBatch } from "../store/board-store.ts";

/** What socket.io's server takes to bring its messages to other pods. */
export type RoomAdapter = Parameters<Server["adapter"]>[0];

/** Brings what is said on a board to its clients on this pod, and on others. Any message to another can be lost. */
export interface FanOut {
  /** Brings what is sent to a room to its clients on other pods. */
  readonly adapter: RoomAdapter;
  /** Begins. Calls `changed` when messages are proven to arrive here, and when they no longer do. */
  open(changed: (delivers: boolean) => void): void;
  /** Sends what was appended to a board to its clients on this pod [W8]. */
  broadcastLocally(io: Server, board: string, batch: BoardBatch): void;
}

/** Of a pod that is alone. */
export class LocalFanOut implements FanOut {
  readonly adapter: RoomAdapter = Adapter;

  open(changed: (delivers: boolean) => void): void {
    changed(true);
  }

  readonly broadcastLocally = broadcastLocally;
}

/** Sends what was appended to a board to its clients on this pod. It is stored: the store is safe up to it. */
export function broadcastLocally(io: Server, board: string, { firstSeq, text, seq }: BoardBatch): void {
  io.local.to(roomName(board)).emit(BoardEvent.operations, firstSeq, text, seq);
}
