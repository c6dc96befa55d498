import {
  BoardEvent,
  type ClientId,
  DEFAULT_BOARD,
  encodeCommitted,
  encodeOperations,
  type NumberedOperation,
  parseCommitted,
  parseDrawing,
} from "@crosspod/protocol";
import type { Server, Socket } from "socket.io";
import type { BoardMetrics } from "./board-metrics.ts";
import { type BoardStore, BoardStoreError, type Commit, ignoreStoreError } from "./board-store.ts";
import type { Committer } from "./committer.ts";
import { DrawingPen } from "./drawing-pen.ts";
import { replayDrawings } from "./drawing-replay.ts";
import { DrawingReplica, drawItems } from "./drawing-replica.ts";
import type { FanOut } from "./fan-out.ts";

/** The room of the original example's clients. */
const DRAWING_ROOM = "drawing";

/** What pods tell each other about the default board: its commits, as `EPOCH SEQ OPERATIONS`. */
const COMMIT_TOPIC = "commits of the default board";

export interface DrawingContext {
  readonly io: Server;
  readonly store: BoardStore;
  readonly fanOut: FanOut;
  readonly committer: Committer;
  readonly metrics: BoardMetrics;
  /** How often it looks whether it has missed a commit, while it has clients. */
  readonly headSeconds: number;
  /** Told of what nobody foresaw. */
  readonly failed: (error: unknown) => void;
}

/**
 * The default board for clients of the original example [W12]: what they draw becomes strokes, and what is drawn there becomes segments for them. Each pod follows the board by itself, for its own
 * clients: from commit to commit, whichever pod made it, and from the store when there is a gap between two.
 */
export class DrawingBridge {
  readonly #context: DrawingContext;
  readonly #pens = new Map<Socket, DrawingPen>();
  readonly #authors = new Map<ClientId, Socket>();
  readonly #look: NodeJS.Timeout;
  /** Undefined until the board was read for the first client. */
  #replica: DrawingReplica | undefined;
  #beginning: Promise<void> | undefined;
  #stopListening: () => void = () => {};
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
      await this.#begin();
      const history = await this.#context.store.history(DEFAULT_BOARD);
      await replayDrawings(socket, drawItems(history));
    } catch (error) {
      socket.conn.close();
      ignoreStoreError(error);
    }
  }

  async disconnect(socket: Socket): Promise<void> {
    const pen = this.#pens.get(socket);
    if (!pen) return;
    this.#pens.delete(socket);
    this.#authors.delete(pen.client);
    this.#endIfAlone();
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
  committed(commit: Commit): void {
    const { epoch, firstSeq, committed } = commit;
    if (committed.length > 0) {
      this.#context.fanOut.tell(COMMIT_TOPIC, `${epoch} ${firstSeq} ${encodeCommitted(committed)}`);
    }
    this.#take(commit);
  }

  close(): void {
    clearInterval(this.#look);
    this.#stopListening();
  }

  /** Reads the board and follows it from there; once for all clients. */
  async #begin(): Promise<void> {
    if (this.#replica) return;
    this.#beginning ??= this.#follow().finally(() => {
      this.#beginning = undefined;
      this.#endIfAlone();
    });
    await this.#beginning;
  }

  async #follow(): Promise<void> {
    this.#stopListening = this.#context.fanOut.listen(COMMIT_TOPIC, (text) => this.#heard(text));
    await this.#context.fanOut.entered();
    this.#replica = new DrawingReplica(await this.#context.store.history(DEFAULT_BOARD));
  }

  /** Follows the board no longer than it has clients; what has begun goes on to its end, for whoever comes meanwhile. */
  #endIfAlone(): void {
    if (this.#pens.size > 0 || this.#beginning) return;
    this.#replica = undefined;
    this.#stopListening();
    this.#stopListening = () => {};
  }

  #heard(text: string): void {
    const [epoch = "", seq, operations = ""] = text.split(" ");
    const firstSeq = Number(seq);
    this.#take({ epoch, firstSeq, committed: parseCommitted(operations, firstSeq) ?? [] });
  }

  #take({ epoch, firstSeq, committed }: Pick<Commit, "epoch" | "firstSeq" | "committed">): void {
    const head = this.#replica?.head;
    if (!this.#replica || (head?.epoch === epoch && firstSeq + committed.length - 1 <= head.seq)) return;
    const follows = head?.epoch === epoch && head.seq + 1 === firstSeq;
    if (follows && !this.#catchingUp) this.#send(this.#replica, committed);
    else void this.#catchUp();
  }

  async #catchUp(): Promise<void> {
    this.#again = this.#catchingUp;
    if (this.#catchingUp || !this.#replica) return;
    this.#catchingUp = true;
    try {
      do {
        this.#again = false;
        await this.#readOn();
      } while (this.#again);
    } catch (error) {
      // Where the store is away, the next commit or the next look tries again.
      if (!(error instanceof BoardStoreError)) this.#context.failed(error);
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
