import { BoardEvent, encodeCommitted } from "@crosspod/protocol";
import type { Socket } from "socket.io";
import { BoardRoom, type RoomContext, roomName } from "./board-room.ts";
import type { Commit } from "./board-store.ts";

/** The boards that this pod has clients on. */
export class BoardRooms {
  readonly #rooms = new Map<string, BoardRoom>();
  readonly #context: RoomContext;

  constructor(context: RoomContext) {
    this.#context = context;
  }

  get size(): number {
    return this.#rooms.size;
  }

  /** Brings a client into a board's room, which it makes where there is none. */
  async enter(board: string, socket: Socket): Promise<BoardRoom> {
    const room = this.#rooms.get(board) ?? new BoardRoom(board, this.#context);
    this.#rooms.set(board, room);
    await room.enter(socket);
    return room;
  }

  async leave(room: BoardRoom, socket: Socket): Promise<void> {
    const left = room.leave(socket);
    if (room.isEmpty) this.#rooms.delete(room.board);
    await left;
  }

  /** Sends what was committed to everyone on the board, on any pod; to those who made it, too [W7]. */
  send(board: string, { epoch, firstSeq, committed }: Commit): void {
    this.#rooms.get(board)?.saw({ epoch, seq: firstSeq + committed.length - 1 });
    if (committed.length === 0) return;
    this.#context.io.to(roomName(board)).emit(BoardEvent.operations, firstSeq, encodeCommitted(committed));
  }
}
