import {
  type BoardError,
  type ClientId,
  encodeEntry,
  MAX_BOARD_POINTS,
  MAX_ITEM_POINTS,
  MAX_ITEMS,
  type Position,
  tokensOf,
} from "@crosspod/protocol";
import { describeRedisError, type Reading, type RedisClient } from "@crosspod/redis";
import type { Result } from "ioredis";
import { appendMessage, channelName } from "./append-message.ts";
import { gapRefusal, limitRefusal, type PassedLimit } from "./board-refusal.ts";
import {
  type Appended,
  type BoardBatch,
  type BoardSnapshot,
  type BoardStore,
  BoardStoreError,
  type JoinAnswer,
  type Outcome,
  type Submission,
  tooManyBoards,
  unavailable,
} from "./board-store.ts";
import { MAX_LOG_CHARACTERS, MAX_LOG_OPERATIONS, MAX_REMEMBERED_CLIENTS } from "./log-limits.ts";
import ADMIT from "./lua/admit.lua?raw";
import APPEND from "./lua/append.lua?raw";
import PRELUDE from "./lua/prelude.lua?raw";
import READ from "./lua/read.lua?raw";
import { encodeStoredItems } from "./stored-items.ts";
import { newEpoch, newToken } from "./token.ts";

/** Why the rest of a submission was not taken. */
type Refused = "" | "gap" | PassedLimit;

type PositionReply = readonly [epoch: string, seq: number, token: string];
type AppendReply = readonly [...PositionReply, count: number, outcomes: readonly (number | Refused)[]];
type ReadReply = readonly [
  ...PositionReply,
  clientSeqs: readonly number[],
  rest: readonly string[] | null,
  items?: readonly string[],
  points?: readonly string[],
];

declare module "ioredis" {
  interface RedisCommander<Context> {
    boardAdmit(...args: (string | number)[]): Result<number, Context>;
    boardAppend(...args: (string | number)[]): Result<AppendReply | null, Context>;
    boardRead(...args: (string | number)[]): Result<ReadReply | null, Context>;
  }
}

const KEYS = ["meta", "items", "points", "log", "clients", "recent"];

/** How long a board is kept on which nothing was ever drawn. */
const EMPTY_TTL_MS = 10 * 60_000;

const NOWHERE: Position = { epoch: "", seq: 0, token: "" };

export interface RedisBoardStoreOptions {
  readonly commands: RedisClient;
  /** Brings what is published; see {@link BoardStore.subscribe}. */
  readonly subscribe: BoardStore["subscribe"];
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

/** Boards that all pods share: one script orders, stores, logs and publishes. It does not own its connection. */
export class RedisBoardStore implements BoardStore {
  readonly #commands: RedisClient;
  readonly subscribe: BoardStore["subscribe"];
  readonly #prefix: string;
  readonly #maxBoards: number;
  readonly #ttlMs: { readonly drawn: number; readonly empty: number };
  /** What an append is held to. */
  readonly #limits: readonly number[];
  /** Whole boards are read one after the other: each keeps Redis, and this process, busy for tens of milliseconds. */
  #snapshots: Promise<unknown> = Promise.resolve();

  constructor({ commands, subscribe, name, maxBoards, ttlMs, ...options }: RedisBoardStoreOptions) {
    const { logOperations = MAX_LOG_OPERATIONS, maxClients = MAX_REMEMBERED_CLIENTS } = options;
    this.#commands = commands;
    this.subscribe = subscribe;
    this.#prefix = `crosspod:${name}`;
    this.#ttlMs = { drawn: ttlMs, empty: Math.min(ttlMs, EMPTY_TTL_MS) };
    this.#maxBoards = maxBoards;
    this.#limits = [logOperations, MAX_LOG_CHARACTERS, maxClients, MAX_ITEMS, MAX_ITEM_POINTS, MAX_BOARD_POINTS];
    commands.defineCommand("boardAdmit", { lua: ADMIT, numberOfKeys: 1 });
    commands.defineCommand("boardAppend", { lua: PRELUDE + APPEND, numberOfKeys: KEYS.length });
    commands.defineCommand("boardRead", { lua: PRELUDE + READ, numberOfKeys: KEYS.length });
  }

  async append(board: string, submissions: readonly Submission[], seen?: Position): Promise<Appended> {
    const args = [newToken(), ...this.#limits, ...submissions.flatMap(submissionArguments)];
    const reply = await this.#run(board, seen, (prelude) => this.#commands.boardAppend(...prelude, ...args));
    const [epoch, seq, token, count, results] = reply;
    const outcomes = submissions.map(({ firstClientSeq }, index) => {
      const [clientSeq, repeats, refused] = results.slice(3 * index, 3 * index + 3);
      return toOutcome(firstClientSeq, Number(clientSeq), Number(repeats), refused as Refused);
    });
    return { position: { epoch, seq, token }, count, outcomes };
  }

  async read(board: string, known?: Position): Promise<Reading<BoardBatch, Position>> {
    const { position, operations } = await this.join(board, [], known, known);
    if (known === undefined || operations === undefined) return { whole: position };
    const firstSeq = known.seq + 1;
    const rest = { ...position, previous: known.token, firstSeq, text: operations };
    return { rest, tokens: tokensOf(operations, firstSeq) };
  }

  async join(board: string, clients: readonly ClientId[], known = NOWHERE, seen?: Position): Promise<JoinAnswer> {
    const [epoch, seq, token, clientSeqs, rest] = await this.#read(board, seen, [0, ...numbersOf(known), ...clients]);
    return { position: { epoch, seq, token }, clientSeqs, ...(rest && { operations: rest.join(";") }) };
  }

  snapshot(board: string, seen?: Position): Promise<BoardSnapshot> {
    const reading = this.#snapshots.then(() => this.#snapshot(board, seen));
    this.#snapshots = reading.catch(() => undefined);
    return reading;
  }

  async head(board: string, seen?: Position): Promise<Position> {
    const { position } = await this.join(board, [], NOWHERE, seen);
    const ttlMs = position.seq > 0 ? this.#ttlMs.drawn : this.#ttlMs.empty;
    // If the list cannot be reached now, the next use keeps the board on it.
    this.#admit(board, ttlMs).catch(() => {});
    return position;
  }

  async #snapshot(board: string, seen?: Position): Promise<BoardSnapshot> {
    const reply = await this.#read(board, seen, [1, ...numbersOf(NOWHERE)]);
    const [epoch, seq, token, , , items = [], points = []] = reply;
    return { position: { epoch, seq, token }, items: encodeStoredItems(items, points) };
  }

  #read(board: string, seen: Position | undefined, args: readonly (string | number)[]): Promise<ReadReply> {
    return this.#run(board, seen, (prelude) => this.#commands.boardRead(...prelude, ...args));
  }

  /** Runs a script on a board; one that is not there yet has to be admitted first. */
  async #run<T>(
    board: string,
    seen: Position | undefined,
    script: (prelude: (string | number)[]) => Promise<T | null>,
  ): Promise<T> {
    try {
      const reply = await script(this.#prelude(board, seen, false));
      if (reply !== null) return reply;
      await this.#admit(board, this.#ttlMs.empty);
      const made = await script(this.#prelude(board, seen, true));
      if (made !== null) return made;
    } catch (error) {
      throw error instanceof BoardStoreError ? error : unavailable(describeRedisError(error));
    }
    throw unavailable("the store did not make the board");
  }

  /** Keeps a board on the list of all, for `ttlMs`. Rejects for too many. The list may be on another node. */
  async #admit(board: string, ttlMs: number): Promise<void> {
    const isAdmitted = await this.#commands.boardAdmit(`${this.#prefix}:boards`, board, ttlMs, this.#maxBoards);
    if (!isAdmitted) throw tooManyBoards(this.#maxBoards);
  }

  /** What every script on a board begins with. */
  #prelude(board: string, seen: Position | undefined, mayMake: boolean): (string | number)[] {
    const keys = KEYS.map((key) => `${this.#prefix}:{${board}}:${key}`);
    const { start, end } = appendMessage(board);
    const { drawn, empty } = this.#ttlMs;
    const channel = channelName(this.#prefix, board);
    return [...keys, channel, start, end, newEpoch(), ...numbersOf(seen), drawn, empty, Number(mayMake)];
  }
}

const numbersOf = ({ epoch, seq, token }: Position = NOWHERE): (string | number)[] => [epoch, seq, token];

const submissionArguments = ({ client, firstClientSeq, operations }: Submission): (string | number)[] => [
  client,
  firstClientSeq,
  operations.length,
  ...operations.map(({ text }, index) => encodeEntry(client, firstClientSeq + index, text)),
];

function toOutcome(firstClientSeq: number, clientSeq: number, repeats: number, refused: Refused): Outcome {
  const error = toError(refused, firstClientSeq, clientSeq + 1);
  return error ? { clientSeq, repeats, error } : { clientSeq, repeats };
}

function toError(refused: Refused, firstClientSeq: number, next: number): BoardError | undefined {
  if (refused === "") return undefined;
  return refused === "gap" ? gapRefusal(firstClientSeq, next) : { ...limitRefusal(refused), clientSeq: next };
}
