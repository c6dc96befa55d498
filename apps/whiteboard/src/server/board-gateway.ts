import { BOARD_CLIENT_QUERY, DEFAULT_BOARD } from "@crosspod/protocol";
import type { Log } from "@crosspod/service";
import type { Server, Socket } from "socket.io";
import type { Backend } from "./backend.ts";
import type { BoardMetrics } from "./board-metrics.ts";
import { BoardRooms } from "./board-rooms.ts";
import { type BoardContext, BoardSocket } from "./board-socket.ts";
import { BoardStoreError, type Commit } from "./board-store.ts";
import { Committer } from "./committer.ts";
import { Connection } from "./connection.ts";
import { DrawingBridge } from "./drawing-bridge.ts";
import { MessageRate } from "./message-rate.ts";

export interface GatewayOptions {
  readonly pod: string;
  readonly version: string;
  readonly headSeconds: number;
  readonly maxMessagesPerSecond: number;
}

/** Ties the connections to the boards: what they send is committed, and what is committed is sent to all who are on the board. */
export class BoardGateway {
  readonly #rooms: BoardRooms;
  readonly #committer: Committer;
  readonly #drawings: DrawingBridge;
  readonly #metrics: BoardMetrics;
  readonly #log: Log;

  constructor(io: Server, backend: Backend, options: GatewayOptions, metrics: BoardMetrics, log: Log) {
    const { pod, version, headSeconds, maxMessagesPerSecond } = options;
    const { store, fanOut } = backend;
    this.#metrics = metrics;
    this.#log = log;
    const failed = (error: unknown): void => log.error({ err: error }, "something failed that nobody waits for");
    this.#rooms = new BoardRooms({ io, store, fanOut, pod, headSeconds, failed });
    this.#committer = new Committer(store, {
      committed: (board, commit, seconds) => this.#committed(board, commit, seconds),
      failed: (board, error) => this.#commitFailed(board, error),
    });
    const committer = this.#committer;
    this.#drawings = new DrawingBridge({ io, store, fanOut, committer, metrics, headSeconds, failed });
    const context: BoardContext = { store, committer, rooms: this.#rooms, metrics, pod, version, headSeconds };
    io.on("connection", (socket) => {
      new Connection(socket, {
        board: new BoardSocket(socket, context),
        drawings: isOurs(socket) ? undefined : this.#drawings,
        rate: new MessageRate(maxMessagesPerSecond),
        maxMessagesPerSecond,
        metrics,
        failed: (error) => log.error({ err: error }, "an event failed"),
      });
    });
  }

  /** The boards that have clients here. */
  get boards(): number {
    return this.#rooms.size;
  }

  /** Resolves when all that was sent to be committed is. */
  async close(): Promise<void> {
    this.#drawings.close();
    await this.#committer.idle();
  }

  #committed(board: string, commit: Commit, seconds: number): void {
    this.#metrics.committed(commit.committed.length, seconds);
    this.#rooms.send(board, commit);
    if (board === DEFAULT_BOARD) this.#drawings.committed(commit);
  }

  #commitFailed(board: string, error: unknown): void {
    this.#metrics.commitFailed();
    if (error instanceof BoardStoreError) this.#log.warn({ board, code: error.code }, error.message);
    else this.#log.error({ board, err: error }, "commit failed");
  }
}

/** Whether a connection has said in its handshake that it speaks our protocol [W12]. */
const isOurs = ({ handshake }: Socket): boolean => handshake.query.client === BOARD_CLIENT_QUERY.client;
