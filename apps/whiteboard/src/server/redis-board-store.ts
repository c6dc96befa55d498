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
import { describeRedisError, type RedisClient } from "@crosspod/redis";
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
import { KnownHeads } from "./known-heads.ts";
import { laterSnapshot } from "./later-snapshot.ts";
import { RedisBoardList, type RedisBoardListOptions } from "./redis-board-list.ts";
import { COMMIT, HEAD, HISTORY } from "./redis-board-scripts.ts";
import { SnapshotCache } from "./snapshot-cache.ts";
import { encodeStoredItems } from "./stored-items.ts";

declare module "ioredis" {
  interface RedisCommander<Context> {
    boardCommit(...args: (string | number)[]): Result<CommitReply | null, Context>;
    boardHistory(...args: (string | number)[]): Result<HistoryReply | null, Context>;
    boardHead(...args: (string | number)[]): Result<HeadReply | null, Context>;
  }
}

const KEYS = ["meta", "items", "points", "log", "clients", "recent"];

/** How long a board is kept on which nothing was ever drawn. */
const EMPTY_TTL_MS = 10 * 60_000;

/** Boards of which the newest sequence number that was seen is remembered. */
const MAX_KNOWN_HEADS = 10_000;

const MAX_SNAPSHOT_CHARACTERS = 16 * 1024 * 1024;

type HeadReply = readonly [epoch: string, seq: number];
type CommitReply = readonly [epoch: string, firstSeq: number, ...outcomes: (string | number)[]];
type HistoryReply = readonly [
  epoch: string,
  seq: number,
  n: number,
  kind: "operations" | "same" | "far" | "newer" | "items",
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

/** Boards that all pods share through Redis: one script orders, stores and logs a commit in one step. It does not own its connection. */
export class RedisBoardStore implements BoardStore {
  readonly #commands: RedisClient;
  readonly #prefix: string;
  readonly #list: RedisBoardList;
  readonly #ttlMs: RedisBoardListOptions["ttlMs"];
  /** What a commit is held to. */
  readonly #limits: readonly number[];
  readonly #heads = new KnownHeads(MAX_KNOWN_HEADS);
  readonly #snapshots = new SnapshotCache(MAX_SNAPSHOT_CHARACTERS);
  /** Whole boards are read one after the other: each keeps the server, or this process, busy for tens of milliseconds, and who waits for the same one finds it in memory. */
  #wholeReads: Promise<unknown> = Promise.resolve();

  constructor({ commands, name, maxBoards, ttlMs, ...options }: RedisBoardStoreOptions) {
    const { logOperations = 5_000, maxClients = 10_000 } = options;
    this.#commands = commands;
    this.#prefix = `crosspod:${name}`;
    this.#ttlMs = { drawn: ttlMs, empty: Math.min(ttlMs, EMPTY_TTL_MS) };
    this.#list = new RedisBoardList({ commands, key: `${this.#prefix}:boards`, maxBoards, ttlMs: this.#ttlMs });
    this.#limits = [logOperations, 1024 * 1024, maxClients, MAX_ITEMS, MAX_ITEM_POINTS, MAX_BOARD_POINTS];
    commands.defineCommand("boardCommit", { lua: COMMIT, numberOfKeys: KEYS.length });
    commands.defineCommand("boardHistory", { lua: HISTORY, numberOfKeys: KEYS.length });
    commands.defineCommand("boardHead", { lua: HEAD, numberOfKeys: KEYS.length });
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
    const joining = await this.#ask(board, client, known, false);
    if (joining) return joining;
    const reading = this.#wholeReads.then(() => this.#ask(board, client, known, true));
    this.#wholeReads = reading.catch(() => undefined);
    const whole = await reading;
    if (!whole) throw unavailable("the store did not give the whole board");
    return whole;
  }

  /** Undefined when the whole board is not in memory and `mayReadAll` is false. */
  async #ask(
    board: string,
    client: ClientId,
    known: Head | undefined,
    mayReadAll: boolean,
  ): Promise<Joining | undefined> {
    const cached = this.#snapshots.get(board);
    const heads = [known?.epoch ?? "", known?.seq ?? 0, cached?.epoch ?? "", cached?.seq ?? 0];
    const args = [client, ...heads, Number(mayReadAll)];
    const reply = await this.#run(board, (prelude) => this.#commands.boardHistory(...prelude, ...args));
    const [epoch, seq, n, kind, first = [], second = []] = reply;
    const head = { epoch, seq };
    this.#see(board, head);
    switch (kind) {
      case "operations":
        return { history: { ...head, operations: first.join(";") }, n };
      case "same":
        return cached && { history: cached, n };
      case "far":
        return undefined;
      case "newer":
        return { history: this.#keep(board, cached && laterSnapshot(cached, head, first)), n };
      case "items":
        return { history: this.#keep(board, { ...head, items: encodeStoredItems(first, second) }), n };
    }
  }

  #keep(board: string, snapshot: History | undefined): History {
    if (!snapshot) throw unavailable("what the store gave cannot be read");
    this.#snapshots.set(board, snapshot);
    return snapshot;
  }

  /** Runs a script on a board; one that is not there yet has to be admitted first. */
  async #run<T>(board: string, script: (prelude: (string | number)[]) => Promise<T | null>): Promise<T> {
    try {
      const reply = await script(this.#prelude(board, false));
      if (reply !== null) return reply;
      await this.#list.admit(board);
      const made = await script(this.#prelude(board, true));
      if (made !== null) return made;
    } catch (error) {
      throw error instanceof BoardStoreError ? error : unavailable(describeRedisError(error));
    }
    throw unavailable("the store did not make the board");
  }

  /** What every script begins with. */
  #prelude(board: string, mayMake: boolean): (string | number)[] {
    const { epoch, seq } = this.#heads.get(board);
    const keys = KEYS.map((key) => `${this.#prefix}:{${board}}:${key}`);
    const newEpoch = randomBytes(6).toString("base64url");
    return [...keys, newEpoch, epoch, seq, this.#ttlMs.drawn, this.#ttlMs.empty, Number(mayMake)];
  }

  #see(board: string, head: Head): void {
    this.#heads.see(board, head);
    if (head.seq > 0) this.#list.used(board);
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

const unavailable = (why: string): BoardStoreError => new BoardStoreError("unavailable", why);
