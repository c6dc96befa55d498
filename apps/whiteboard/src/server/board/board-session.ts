import {
  BOARD_PROTOCOL,
  type BoardError,
  BoardEvent,
  isClientId,
  type Joined,
  type JoinRequest,
  type Reply,
} from "@crosspod/protocol";
import type { Socket } from "socket.io";
import { roomName } from "../store/append-message.ts";
import { BoardStoreError, type Submission, toBoardError } from "../store/board-store.ts";
import { TokenBucket } from "../transport/token-bucket.ts";
import { waitForDrain } from "../transport/wait-for-drain.ts";
import type { BoardAnswer } from "./board-log.ts";
import { type Answer, messageKinds } from "./board-messages.ts";
import type { BoardMetrics } from "./board-metrics.ts";
import type { Boards } from "./boards.ts";
import { type Arguments, refuse } from "./message-arguments.ts";
import type { BoardMember, OpenBoard } from "./open-board.ts";

/** What the sessions of a pod share. */
export interface SessionContext {
  readonly boards: Boards;
  readonly metrics: BoardMetrics;
  readonly pod: string;
  readonly version: string;
  readonly headSeconds: number;
  readonly maxMessagesPerSecond: number;
  /** Called with an unexpected error. */
  readonly failed: (error: unknown) => void;
}

/** Takes care of a connection of the original example's client [W12]. */
export interface OriginalClients {
  connect(socket: Socket): Promise<void>;
  draw(socket: Socket, json: unknown): Promise<void>;
  disconnect(socket: Socket): void;
}

/** One connection's side of a board: each message gets its answer, or is counted; the rate of messages is limited. */
export class BoardSession implements BoardMember {
  readonly #socket: Socket;
  readonly #context: SessionContext;
  readonly #bucket: TokenBucket;
  #original: OriginalClients | undefined;
  #board: OpenBoard | undefined;
  /** Joins wait until the connection has taken the last answer: no more than two whole boards wait for it. */
  #lastJoin: Promise<unknown> = Promise.resolve();

  /** @param original takes care of it until it joins; undefined for a client that has said that it is ours. */
  constructor(socket: Socket, context: SessionContext, original: OriginalClients | undefined) {
    this.#socket = socket;
    this.#context = context;
    this.#bucket = new TokenBucket(context.maxMessagesPerSecond);
    this.#original = original;
    // One listener for every event: an event's name is the client's, and can be anything.
    socket.onAny((event: unknown, ...args: unknown[]) => {
      this.#receive(String(event), args);
    });
    socket.on("disconnect", () => {
      this.#leaveOriginal();
      this.#lastJoin = this.#lastJoin.then(() => this.#leave());
    });
    void original?.connect(socket).catch(context.failed);
  }

  /** The board that it is on. */
  get board(): OpenBoard | undefined {
    return this.#board;
  }

  get id(): string {
    return this.#socket.id;
  }

  /** Brings the client onto a board, after it has taken what it was answered before [W10]. */
  join(request: JoinRequest, answer: Answer): Promise<void> {
    const joining = this.#lastJoin.then(() => waitForDrain(this.#socket)).then(() => this.#join(request, answer));
    this.#lastJoin = joining.catch(() => undefined);
    return joining;
  }

  /** Stores what the client submits; only what is not taken is answered [W6]. */
  submit(board: OpenBoard, submission: Submission, answer: Answer): Promise<void> {
    return board.submit(submission).then(({ repeats, error }) => {
      const { metrics } = this.#context;
      if (repeats > 0) metrics.resends.inc(repeats);
      if (error?.code === "gap") metrics.resyncs.inc({ cause: "gap" });
      if (error) answer({ error });
    });
  }

  /** As much is received as is sent by all: nothing is made for a message that it does not need. */
  #receive(event: string, args: unknown[]): void {
    const { metrics, failed } = this.#context;
    const kind = messageKinds.get(event);
    metrics.messages.inc({ event: kind ? event : "unknown" });
    const acknowledge = takeAcknowledgement(args);
    const passes = this.#bucket.take(kind?.cost);
    if (event === BoardEvent.drawing && this.#original) {
      if (passes) return void this.#original.draw(this.#socket, args[0]).catch(failed);
      return metrics.drops.inc({ why: "too-many-messages" });
    }
    const answer = (reply: Reply<unknown>): void => {
      if ("error" in reply) metrics.refusals.inc({ code: reply.error.code });
      if (event !== BoardEvent.operations) acknowledge?.(reply);
      else if ("error" in reply) this.#refuse(args, reply.error);
    };
    if (!kind?.receive) return answer(refuse("malformed", "there is no such event"));
    if (!passes) return answer(this.#tooMany());
    try {
      const receiving = kind.receive(this, args, answer);
      if (receiving) receiving.catch((error) => this.#failed(error, answer));
    } catch (error) {
      this.#failed(error, answer);
    }
  }

  #failed(error: unknown, answer: Answer): void {
    if (error instanceof BoardStoreError) answer({ error: toBoardError(error) });
    else this.#context.failed(error);
  }

  async #join(request: JoinRequest, answer: Answer): Promise<void> {
    if (this.#board?.name !== request.board) await this.#leave();
    const board = this.#context.boards.get(request.board);
    this.#board = board;
    try {
      await board.join(this, request, (found) => {
        if (request.known && found.history.items !== undefined) this.#context.metrics.resyncs.inc({ cause: "join" });
        answer({ ok: this.#joined(found) });
        this.#enter(board, request.name);
      });
    } catch (error) {
      await this.#leave();
      throw error;
    }
  }

  #enter(board: OpenBoard, person: string): void {
    void this.#socket.join(roomName(board.name));
    this.#leaveOriginal();
    board.introduce(this, person);
    this.#socket.emit(BoardEvent.people, board.people);
  }

  #joined({ history, clientSeqs }: BoardAnswer): Joined {
    const { pod, version, headSeconds } = this.#context;
    return { ...history, clientSeqs, protocol: BOARD_PROTOCOL, pod, version, headSeconds };
  }

  async #leave(): Promise<void> {
    const board = this.#board;
    this.#board = undefined;
    if (!board) return;
    await this.#socket.leave(roomName(board.name));
    board.leave(this);
  }

  #leaveOriginal(): void {
    this.#original?.disconnect(this.#socket);
    this.#original = undefined;
  }

  #refuse([client, firstClientSeq]: Arguments, error: BoardError): void {
    const clientSeq = error.clientSeq ?? (typeof firstClientSeq === "number" ? firstClientSeq : undefined);
    const numbered = clientSeq === undefined ? error : { ...error, clientSeq };
    this.#socket.emit(BoardEvent.refused, isClientId(client) ? client : "", numbered);
  }

  #tooMany(): Reply<never> {
    const { maxMessagesPerSecond } = this.#context;
    const detail = `more than ${maxMessagesPerSecond} messages a second; slow down and send this again`;
    return refuse("too-many-messages", detail, maxMessagesPerSecond);
  }
}

type Acknowledge = (reply: Reply<unknown>) => void;

/** Takes the last argument off where it is socket.io's way back; nothing that a client sends can be a function. */
function takeAcknowledgement(args: unknown[]): Acknowledge | undefined {
  if (typeof args.at(-1) !== "function") return undefined;
  return args.pop() as Acknowledge;
}
