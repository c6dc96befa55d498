import {
  BoardEvent,
  type ClientId,
  DEFAULT_BOARD,
  encodeOperations,
  type NumberedOperation,
  parseCommitted,
  parseDrawing,
} from "@crosspod/protocol";
import type { Server, Socket } from "socket.io";
import type { BoardMetrics } from "./board-metrics.ts";
import type { BoardStore, Commit } from "./board-store.ts";
import type { Committer } from "./committer.ts";
import { DrawingPen } from "./drawing-pen.ts";
import { replayDrawings } from "./drawing-replay.ts";
import { DrawingReplica, drawItems } from "./drawing-replica.ts";

/** The room of the original example's clients. */
const DRAWING_ROOM = "drawing";

export interface DrawingContext {
  readonly io: Server;
  readonly store: BoardStore;
  readonly committer: Committer;
  readonly metrics: BoardMetrics;
  /** How often it looks whether other pods have drawn, while it has clients. */
  readonly headSeconds: number;
}

/**
 * The default board for clients of the original example [W12]: what they draw becomes strokes, and what is drawn there becomes segments for them. Each pod follows the board by itself, for its own
 * clients: from commit to commit, and from the store when there is a gap between two.
 */
export class DrawingBridge {
  readonly #context: DrawingContext;
  readonly #pens = new Map<Socket, DrawingPen>();
  readonly #authors = new Map<ClientId, Socket>();
  readonly #look: NodeJS.Timeout;
  /** Undefined until the board was read. */
  #replica: DrawingReplica | undefined;
  #catchingUp = false;
  #again = false;

  constructor(context: DrawingContext) {
    this.#context = context;
    this.#look = setInterval(() => void this.#catchUp(), context.headSeconds * 1_000);
  }

  /** Takes in a client and sends it the board. When that cannot be read, the client has to connect again. */
  async connect(socket: Socket): Promise<void> {
    this.#pens.set(socket, new DrawingPen());
    // First in, then read: a segment that comes in between is drawn twice, which nobody sees, and none is missed.
    await socket.join(DRAWING_ROOM);
    try {
      const history = await this.#context.store.history(DEFAULT_BOARD);
      if (!this.#pens.has(socket)) return;
      this.#replica ??= new DrawingReplica(history);
      await replayDrawings(socket, drawItems(history));
      await this.#catchUp();
    } catch {
      socket.conn.close();
    }
  }

  async disconnect(socket: Socket): Promise<void> {
    const pen = this.#pens.get(socket);
    if (!pen) return;
    this.#pens.delete(socket);
    this.#authors.delete(pen.client);
    if (this.#pens.size === 0) this.#replica = undefined;
    await socket.leave(DRAWING_ROOM);
  }

  /** Puts a client's segment on the board; one that is malformed is dropped. */
  async draw(socket: Socket, json: unknown): Promise<void> {
    const pen = this.#pens.get(socket);
    const drawing = parseDrawing(json);
    if (!pen || !drawing) return this.#context.metrics.drawingDropped("malformed");
    const submission = pen.draw(drawing);
    this.#authors.set(submission.client, socket);
    const { length } = encodeOperations(submission.operations, submission.client);
    const outcome = await this.#context.committer.submit(DEFAULT_BOARD, submission, length).catch(() => undefined);
    if (outcome && !outcome.error) return;
    this.#authors.delete(submission.client);
    pen.refused(submission);
    this.#context.metrics.drawingDropped("not-committed");
  }

  /** Hears of each commit of the default board on this pod. */
  committed({ epoch, firstSeq, committed }: Commit): void {
    const head = this.#replica?.head;
    if (this.#replica && head?.epoch === epoch && head.seq + 1 === firstSeq && !this.#catchingUp) {
      this.#send(this.#replica, committed);
    } else {
      void this.#catchUp();
    }
  }

  close(): void {
    clearInterval(this.#look);
  }

  async #catchUp(): Promise<void> {
    this.#again = this.#catchingUp;
    if (this.#catchingUp || this.#pens.size === 0) return;
    this.#catchingUp = true;
    try {
      do {
        this.#again = false;
        await this.#readOn();
      } while (this.#again);
    } catch {
      // The store is away: the next commit, or the next look, tries again.
    } finally {
      this.#catchingUp = false;
    }
  }

  async #readOn(): Promise<void> {
    const history = await this.#context.store.history(DEFAULT_BOARD, this.#replica?.head);
    const replica = this.#replica;
    if (replica && history.operations !== undefined) {
      this.#send(replica, parseCommitted(history.operations, replica.head.seq + 1) ?? []);
    } else if (this.#pens.size > 0) {
      this.#replica = new DrawingReplica(history);
      for (const socket of this.#pens.keys()) void replayDrawings(socket, drawItems(history));
    }
  }

  #send(replica: DrawingReplica, operations: readonly NumberedOperation[]): void {
    for (const { client, operation } of operations) {
      if (operation.type === "remove") this.#liftPens(operation.ids);
      if (operation.type === "clear") this.#liftPens("all");
      const drawings = replica.apply(operation);
      const author = this.#authors.get(client);
      const room = this.#context.io.local.to(DRAWING_ROOM);
      const others = author ? room.except(author.id) : room;
      for (const drawing of drawings) others.emit(BoardEvent.drawing, drawing);
    }
  }

  #liftPens(removed: Parameters<DrawingPen["removed"]>[0]): void {
    for (const pen of this.#pens.values()) pen.removed(removed);
  }
}
