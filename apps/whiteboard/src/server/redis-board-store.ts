import { randomBytes } from "node:crypto";
import {
  type BoardError,
  type ClientId,
  encodeCommitted,
  type Head,
  type History,
  MAX_BOARD_POINTS,
  MAX_ITEM_POINTS,
  MAX_ITEMS,
} from "@crosspod/protocol";
import type { RedisClient } from "@crosspod/service";
import type { Result } from "ioredis";
import { gapRefusal, limitRefusal, type PassedLimit } from "./board-refusal.ts";
import {
  type BoardStore,
  BoardStoreError,
  type Commit,
  type Joining,
  type Outcome,
  type Submission,
} from "./board-store.ts";
import { ADMIT, COMMIT, HEAD, HISTORY } from "./redis-board-scripts.ts";
import { SnapshotCache } from "./snapshot-cache.ts";
import { encodeStoredItems } from "./stored-items.ts";

declare module "ioredis" {
  interface RedisCommander<Context> {
    boardCommit(...args: (string | number)[]): Result<CommitReply | null, Context>;
    boardHistory(...args: (string | number)[]): Result<HistoryReply | null, Context>;
    boardHead(...args: (string | number)[]): Result<HeadReply | null, Context>;
    boardAdmit(...args: (string | number)[]): Result<number, Context>;
  }
}

const KEYS = ["meta", "items", "points", "log", "clients", "recent"];

/** How long a board is kept on which nothing was ever drawn. */
const UNUSED_TTL_MS = 10 * 60_000;

/** How much of a board's time may pass before the list of boards hears that it is still used. */
const ADMISSION_SHARE = 0.1;

/** Boards of which the newest sequence number that was seen is remembered. */
const MAX_REMEMBERED_BOARDS = 10_000;

const MAX_SNAPSHOT_CHARACTERS = 16 * 1024 * 1024;

type HeadReply = readonly [epoch: string, seq: number];
type CommitReply = readonly [epoch: string, firstSeq: number, ...outcomes: (string | number)[]];
type HistoryReply = readonly [
  epoch: string,
  seq: number,
  n: number,
  kind: "operations" | "items" | "same",
  first?: readonly string[],
  second?: readonly string[],
];

type Refused = "" | "gap" | PassedLimit;

export interface RedisBoardStoreOptions {
  readonly commands: RedisClient;
  /** Pods of the same name share their boards. */
  readonly name: string;
  readonly maxBoards: number;
  /** How long a board is kept without use. */
  readonly ttlMs: number;
  /** Most operations in a board's log. */
  readonly logOperations?: number;
  /** Most clients of a board whose newest number is remembered. */
  readonly maxClients?: number;
}

/** What this pod remembers of a board. */
interface Remembered {
  readonly head: Head;
  /** When the list of boards has to hear of it again, in milliseconds of `performance.now()`. */
  readonly admitAt: number;
}

/** Boards that all pods share through Redis: one script orders, stores and logs a commit in one step. It does not own its connection. */
export class RedisBoardStore implements BoardStore {
  readonly #commands: RedisClient;
  readonly #prefix: string;
  readonly #maxBoards: number;
  readonly #usedTtlMs: number;
  readonly #unusedTtlMs: number;
  /** What a commit is held to. */
  readonly #limits: readonly number[];
  /** By board, the one that was used last at the end. */
  readonly #remembered = new Map<string, Remembered>();
  readonly #snapshots = new SnapshotCache(MAX_SNAPSHOT_CHARACTERS);

  constructor({ commands, name, maxBoards, ttlMs, ...options }: RedisBoardStoreOptions) {
    const { logOperations = 5_000, maxClients = 10_000 } = options;
    this.#commands = commands;
    this.#prefix = `crosspod:${name}`;
    this.#maxBoards = maxBoards;
    this.#usedTtlMs = ttlMs;
    this.#unusedTtlMs = Math.min(ttlMs, UNUSED_TTL_MS);
    this.#limits = [logOperations, 1024 * 1024, maxClients, MAX_ITEMS, MAX_ITEM_POINTS, MAX_BOARD_POINTS];
    commands.defineCommand("boardCommit", { lua: COMMIT, numberOfKeys: KEYS.length });
    commands.defineCommand("boardHistory", { lua: HISTORY, numberOfKeys: KEYS.length });
    commands.defineCommand("boardHead", { lua: HEAD, numberOfKeys: KEYS.length });
    commands.defineCommand("boardAdmit", { lua: ADMIT, numberOfKeys: 1 });
  }

  async commit(board: string, submissions: readonly Submission[]): Promise<Commit> {
    const args = [...this.#limits, ...submissions.flatMap(submissionArguments)];
    const reply = await this.#run(board, (prelude) => this.#commands.boardCommit(...prelude, ...args));
    const [epoch, firstSeq, ...rest] = reply;
    const outcomes = submissions.map((submission, index) =>
      toOutcome(submission, rest.slice(3 * index, 3 * index + 3)),
    );
    const committed = submissions.flatMap(({ client, firstN, operations }, index) => {
      const { n, repeats } = outcomes[index] ?? { n: 0, repeats: 0 };
      const taken = operations.slice(repeats, Math.max(repeats, n - firstN + 1));
      return taken.map((operation, place) => ({ client, n: firstN + repeats + place, operation }));
    });
    this.#see(board, { epoch, seq: firstSeq - 1 + committed.length });
    return { epoch, firstSeq, committed, outcomes };
  }

  async history(board: string, known?: Head): Promise<History> {
    return (await this.#read(board, "", known)).history;
  }

  join(board: string, client: ClientId, known?: Head): Promise<Joining> {
    return this.#read(board, client, known);
  }

  async head(board: string): Promise<Head> {
    const [epoch, seq] = await this.#run(board, (prelude) => this.#commands.boardHead(...prelude));
    this.#see(board, { epoch, seq });
    return { epoch, seq };
  }

  async close(): Promise<void> {}

  async #read(board: string, client: ClientId, known?: Head): Promise<Joining> {
    const cached = this.#snapshots.get(board);
    const args = [client, known?.epoch ?? "", known?.seq ?? 0, cached?.epoch ?? "", cached?.seq ?? 0];
    const reply = await this.#run(board, (prelude) => this.#commands.boardHistory(...prelude, ...args));
    const [epoch, seq, n, kind, first = [], second = []] = reply;
    this.#see(board, { epoch, seq });
    if (kind === "operations") return { history: { epoch, seq, operations: first.join(";") }, n };
    if (kind === "same" && cached) return { history: cached, n };
    const snapshot = { epoch, seq, items: encodeStoredItems(first, second) };
    this.#snapshots.set(board, snapshot);
    return { history: snapshot, n };
  }

  /** Runs a script on a board; one that is not there yet has to be admitted first. */
  async #run<T>(board: string, script: (prelude: (string | number)[]) => Promise<T | null>): Promise<T> {
    try {
      const reply = await script(this.#prelude(board, false));
      if (reply !== null) return reply;
      await this.#admit(board, this.#unusedTtlMs);
      const made = await script(this.#prelude(board, true));
      if (made !== null) return made;
    } catch (error) {
      throw error instanceof BoardStoreError ? error : unavailable(error);
    }
    throw unavailable("it did not make the board");
  }

  /** What every script begins with. */
  #prelude(board: string, mayMake: boolean): (string | number)[] {
    const { epoch, seq } = this.#remembered.get(board)?.head ?? { epoch: "", seq: 0 };
    const keys = KEYS.map((key) => `${this.#prefix}:{${board}}:${key}`);
    const newEpoch = randomBytes(6).toString("base64url");
    return [...keys, newEpoch, epoch, seq, this.#usedTtlMs, this.#unusedTtlMs, Number(mayMake)];
  }

  async #admit(board: string, ttlMs: number): Promise<void> {
    if (await this.#commands.boardAdmit(`${this.#prefix}:boards`, board, ttlMs, this.#maxBoards)) return;
    const detail = `there are ${this.#maxBoards} boards already, which is the limit; use one of them`;
    throw new BoardStoreError("too-many-boards", detail, this.#maxBoards);
  }

  #see(board: string, head: Head): void {
    const before = this.#remembered.get(board);
    const isOld = before?.head.epoch === head.epoch && head.seq < before.head.seq;
    const ttlMs = head.seq > 0 ? this.#usedTtlMs : this.#unusedTtlMs;
    const now = performance.now();
    const isDue = !before || now >= before.admitAt || (head.seq > 0 && before.head.seq === 0);
    const admitAt = isDue ? now + ttlMs * ADMISSION_SHARE : before.admitAt;
    this.#remembered.delete(board);
    this.#remembered.set(board, { head: isOld ? before.head : head, admitAt });
    if (this.#remembered.size > MAX_REMEMBERED_BOARDS) {
      const [oldest] = this.#remembered.keys();
      if (oldest !== undefined) this.#remembered.delete(oldest);
    }
    // The board is there, whatever the list says of it: if it cannot be told now, it is told the next time.
    if (isDue) this.#admit(board, ttlMs).catch(() => this.#remembered.set(board, { head, admitAt: now }));
  }
}

const submissionArguments = ({ client, firstN, operations }: Submission): (string | number)[] => [
  client,
  firstN,
  operations.length,
  ...operations.map((operation, index) => encodeCommitted([{ client, n: firstN + index, operation }])),
];

function toOutcome({ firstN }: Submission, [n = 0, repeats = 0, refused]: readonly unknown[]): Outcome {
  const outcome = { n: Number(n), repeats: Number(repeats) };
  const error = toError(refused as Refused, firstN, outcome.n + 1);
  return error ? { ...outcome, error } : outcome;
}

function toError(refused: Refused, firstN: number, next: number): BoardError | undefined {
  if (refused === "") return undefined;
  return refused === "gap" ? gapRefusal(firstN, next) : { ...limitRefusal(refused), n: next };
}

const unavailable = (error: unknown): BoardStoreError => {
  const why = error instanceof Error ? error.message : String(error);
  return new BoardStoreError("unavailable", `the store does not answer: ${why}`);
};
