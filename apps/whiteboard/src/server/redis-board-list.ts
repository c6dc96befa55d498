import type { RedisClient } from "@crosspod/redis";
import type { Result } from "ioredis";
import { BoardStoreError } from "./board-store.ts";
import { ADMIT } from "./redis-board-scripts.ts";

declare module "ioredis" {
  interface RedisCommander<Context> {
    boardAdmit(...args: (string | number)[]): Result<number, Context>;
  }
}

/** How much of a board's time may pass before the list hears that it is still used. */
const RENEWAL_SHARE = 0.1;

export interface RedisBoardListOptions {
  readonly commands: RedisClient;
  readonly key: string;
  readonly maxBoards: number;
  /** How long a board is kept without use, once something was drawn on it and before. */
  readonly ttlMs: { readonly drawn: number; readonly empty: number };
}

/** The list of all boards in Redis: it holds them to their number. Their keys may be on other servers of a cluster, so it is told of their use from time to time. */
export class RedisBoardList {
  readonly #options: RedisBoardListOptions;
  /** When the list has to hear of a board again, in milliseconds of `performance.now()`; those of which nothing was drawn yet are not in here. */
  readonly #renewals = new Map<string, number>();

  constructor(options: RedisBoardListOptions) {
    this.#options = options;
    options.commands.defineCommand("boardAdmit", { lua: ADMIT, numberOfKeys: 1 });
  }

  /** Puts a new board on the list. Rejects with a {@link BoardStoreError} when there are too many, or the store is away. */
  async admit(board: string): Promise<void> {
    const { maxBoards, ttlMs } = this.#options;
    if (await this.#put(board, ttlMs.empty)) return;
    const detail = `there are ${maxBoards} boards already, which is the limit; use one of them`;
    throw new BoardStoreError("too-many-boards", detail, maxBoards);
  }

  /** A board on which something was drawn is in use. */
  used(board: string): void {
    const now = performance.now();
    const { drawn } = this.#options.ttlMs;
    if (now < (this.#renewals.get(board) ?? 0)) return;
    this.#forgetDue(now);
    this.#renewals.set(board, now + drawn * RENEWAL_SHARE);
    // If the list cannot be told now, it is told at the next use.
    this.#put(board, drawn).catch(() => this.#renewals.delete(board));
  }

  #put(board: string, ttlMs: number): Promise<number> {
    const { commands, key, maxBoards } = this.#options;
    return commands.boardAdmit(key, board, ttlMs, maxBoards);
  }

  #forgetDue(now: number): void {
    for (const [board, dueAt] of this.#renewals) {
      // They were put in the order in which they are due.
      if (dueAt > now) return;
      this.#renewals.delete(board);
    }
  }
}
