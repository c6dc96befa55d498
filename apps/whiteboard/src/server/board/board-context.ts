import type { Server } from "socket.io";
import type { BoardBatch, BoardStore } from "../store/board-store.ts";
import type { FanOut } from "../transport/fan-out.ts";
import type { BoardMetrics } from "./board-metrics.ts";

/** An open board, as far as the others are concerned. */
export interface SharedBoard {
  readonly name: string;
  /** Characters of the whole board that is kept in memory for who joins. */
  readonly snapshotSize: number;
  forgetSnapshot(): void;
}

/** What the open boards of a pod share. */
export interface BoardContext {
  readonly io: Server;
  readonly store: BoardStore;
  readonly fanOut: FanOut;
  readonly metrics: BoardMetrics;
  readonly pod: string;
  readonly headSeconds: number;
  /** Told of an append that failed. */
  readonly appendFailed: (board: string, error: unknown) => void;
  /** Told of what nobody foresaw. */
  readonly failed: (error: unknown) => void;
  /** Told that a whole board was used, which is kept in memory. */
  readonly snapshotUsed: (board: SharedBoard) => void;
  /** Told that the last one has left, and nothing waits. */
  readonly closed: (board: SharedBoard) => void;
}

/** Who is on a board: a client's session, or who follows it for others. */
export interface BoardMember {
  /** Of the connection, as others see it. */
  readonly id: string;
  /** Takes what was appended, in order [W7]. */
  appended?(batch: BoardBatch): void;
  /** The board is not what it was: who wants to know it joins again. */
  diverged?(): void;
}
