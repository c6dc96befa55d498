import type { RedisClient } from "@crosspod/redis";
import type { Result } from "ioredis";
import { tooManyBoards } from "./board-store.ts";
import ADMIT from "./lua/admit.lua?raw";

declare module "ioredis" {
  interface RedisCommander<Context> {
    boardAdmit(...args: (string | number)[]): Result<number, Context>;
  }
}

export interface RedisBoardListOptions {
  readonly commands: RedisClient;
  readonly key: string;
  readonly maxBoards: number;
}

/** The list of all boards, which bounds their number. It hears of their use: a cluster has them on other nodes. */
export class RedisBoardList {
  readonly #options: RedisBoardListOptions;

  constructor(options: RedisBoardListOptions) {
    this.#options = options;
    options.commands.defineCommand("boardAdmit", { lua: ADMIT, numberOfKeys: 1 });
  }

  /** Puts a board on the list, or keeps it there, for `ttlMs`. Rejects for too many. */
  async admit(board: string, ttlMs: number): Promise<void> {
    const { commands, key, maxBoards } = this.#options;
    if (!(await commands.boardAdmit(key, board, ttlMs, maxBoards))) throw tooManyBoards(maxBoards);
  }
}
