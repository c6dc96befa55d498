import { BoardEvent, type ClientId, DEFAULT_BOARD, parseDrawing, parseEntries } from "@crosspod/protocol";
import type { Server, Socket } from "socket.io";
import type { BoardMetrics } from "../board/board-metrics.ts";
import type { OriginalClients } from "../board/board-session.ts";
import type { Boards } from "../board/boards.ts";
import type { BoardMember, OpenBoard } from "../board/open-board.ts";
import { type BoardBatch, BoardStoreError } from "../store/board-store.ts";
import { OriginalPen } from "./original-pen.ts";
import { replayDrawings } from "./original-replay.ts";
import { OriginalReplica } from "./original-replica.ts";

/** The room of the original example's clients. */
const DRAWING_ROOM = "drawing";

export interface OriginalContext {
  readonly io: Server;
  readonly boards: Boards;
  readonly metrics: BoardMetrics;
  /** Called with an unexpected error. */
  readonly failed: (error: unknown) => void;
}

/** The default board for clients of the original example [W12]: segments become strokes, strokes segments. */
export class OriginalBridge implements OriginalClients, BoardMember {
  readonly id = DRAWING_ROOM;
  readonly #context: OriginalContext;
  readonly #pens = new Map<Socket, OriginalPen>();
  readonly #authors = new Map<ClientId, Socket>();
  /** Followed for as long as there are clients. */
  #board: OpenBoard | undefined;
  #replica: OriginalReplica | undefined;

  constructor(context: OriginalContext) {
    this.#context = context;
  }

  /** Takes in a client and sends it the board. When that cannot be read, the client has to connect again. */
  async connect(socket: Socket): Promise<void> {
    this.#pens.set(socket, new OriginalPen());
    await this.#bring([socket]);
  }

  disconnect(socket: Socket): void {
    const pen = this.#pens.get(socket);
    if (!pen) return;
    this.#pens.delete(socket);
    this.#authors.delete(pen.client);
    void socket.leave(DRAWING_ROOM);
    if (this.#pens.size > 0) return;
    this.#board?.leave(this);
    this.#board = undefined;
    this.#replica = undefined;
  }

  /** Puts a client's segment on the board; one that is malformed is dropped. */
  async draw(socket: Socket, json: unknown): Promise<void> {
    const { metrics } = this.#context;
    const pen = this.#pens.get(socket);
    const drawing = parseDrawing(json);
    if (!pen || !drawing) return metrics.drops.inc({ why: "malformed" });
    const submission = pen.draw(drawing);
    this.#authors.set(submission.client, socket);
    const outcome = await this.#board?.submit(submission).catch(() => undefined);
    if (outcome && !outcome.error) return;
    this.#authors.delete(submission.client);
    pen.refused(submission);
    metrics.drops.inc({ why: "not-stored" });
  }

  appended({ text, firstSeq }: BoardBatch): void {
    const replica = this.#replica;
    if (!replica) return;
    for (const { client, operation, seq } of parseEntries(text, firstSeq) ?? []) {
      if (operation.type === "remove") this.#liftPens(operation.ids);
      if (operation.type === "clear") this.#liftPens("all");
      const drawings = replica.apply(operation, seq);
      const author = this.#authors.get(client);
      const room = this.#context.io.local.to(DRAWING_ROOM);
      const others = author ? room.except(author.id) : room;
      for (const drawing of drawings) others.emit(BoardEvent.drawing, drawing);
    }
  }

  diverged(): void {
    this.#replica = undefined;
    void this.#bring([...this.#pens.keys()]).catch(this.#context.failed);
  }

  /** Brings the board to clients; from then on they get what is appended. */
  async #bring(sockets: readonly Socket[]): Promise<void> {
    if (this.#replica) return this.#enter(sockets, this.#replica);
    this.#board ??= this.#context.boards.get(DEFAULT_BOARD);
    const board = this.#board;
    try {
      await board.join(this, { clients: [] }, ({ history }) => {
        // Meanwhile all may have left.
        if (board !== this.#board) return;
        this.#replica ??= new OriginalReplica(history);
        this.#enter(sockets, this.#replica);
      });
    } catch (error) {
      for (const { conn } of sockets) conn.close();
      if (!(error instanceof BoardStoreError)) throw error;
    }
  }

  #enter(sockets: readonly Socket[], replica: OriginalReplica): void {
    for (const socket of sockets) {
      if (!this.#pens.has(socket)) continue;
      void socket.join(DRAWING_ROOM);
      replayDrawings(socket, replica.drawings()).catch(this.#context.failed);
    }
  }

  #liftPens(removed: Parameters<OriginalPen["removed"]>[0]): void {
    for (const pen of this.#pens.values()) pen.removed(removed);
  }
}
