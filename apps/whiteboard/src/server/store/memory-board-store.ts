import { type ClientId, type Position, tokensOf } from "@crosspod/protocol";
import type { Reading } from "@crosspod/redis";
import {
  type Appended,
  type BoardBatch,
  type BoardListener,
  type BoardSnapshot,
  type BoardStore,
  type JoinAnswer,
  type Submission,
  tooManyBoards,
} from "./board-store.ts";
import { MAX_LOG_CHARACTERS, MAX_LOG_OPERATIONS, MAX_REMEMBERED_CLIENTS } from "./log-limits.ts";
import { MemoryBoard, type MemoryBoardOptions } from "./memory-board.ts";

/** An empty board that was not used for this long may be forgotten, unless it is followed. */
export const UNUSED_MS = 60_000;

export interface MemoryBoardStoreOptions extends Partial<MemoryBoardOptions> {
  /** Most boards at a time; they bound the memory of the process. */
  readonly maxBoards: number;
  /** Milliseconds of any steady clock. */
  readonly now?: () => number;
}

interface Entry {
  readonly board: MemoryBoard;
  usedAt: number;
}

/** Boards in the memory of one process: the default when there is no store to share. */
export class MemoryBoardStore implements BoardStore {
  /** The boards by name, the one that was used last at the end. */
  readonly #entries = new Map<string, Entry>();
  readonly #boardOptions: MemoryBoardOptions;
  readonly #maxBoards: number;
  readonly #now: () => number;

  constructor({ maxBoards, now = () => performance.now(), ...options }: MemoryBoardStoreOptions) {
    this.#boardOptions = {
      logOperations: MAX_LOG_OPERATIONS,
      logCharacters: MAX_LOG_CHARACTERS,
      maxClients: MAX_REMEMBERED_CLIENTS,
      ...options,
    };
    this.#maxBoards = maxBoards;
    this.#now = now;
  }

  async append(board: string, submissions: readonly Submission[]): Promise<Appended> {
    return this.#open(board).append(submissions);
  }

  async read(board: string, known?: Position): Promise<Reading<BoardBatch, Position>> {
    const opened = this.#open(board);
    const text = known && opened.after(known);
    if (known === undefined || text === undefined) return { whole: opened.position };
    const firstSeq = known.seq + 1;
    return { rest: { ...opened.position, previous: known.token, firstSeq, text }, tokens: tokensOf(text, firstSeq) };
  }

  async join(board: string, clients: readonly ClientId[], known?: Position): Promise<JoinAnswer> {
    const opened = this.#open(board);
    const operations = known && opened.after(known);
    const clientSeqs = clients.map((client) => opened.clientSeq(client));
    return { position: opened.position, clientSeqs, ...(operations !== undefined && { operations }) };
  }

  async snapshot(board: string): Promise<BoardSnapshot> {
    const opened = this.#open(board);
    return { position: opened.position, items: opened.items() };
  }

  async head(board: string): Promise<Position> {
    return this.#open(board).position;
  }

  subscribe(board: string, listener: BoardListener): () => void {
    const { listeners } = this.#open(board);
    listeners.add(listener);
    queueMicrotask(listener.subscribed);
    return () => listeners.delete(listener);
  }

  #open(name: string): MemoryBoard {
    const entry = this.#entries.get(name) ?? this.#makeEntry();
    entry.usedAt = this.#now();
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    return entry.board;
  }

  #makeEntry(): Entry {
    if (this.#entries.size >= this.#maxBoards) this.#forgetOne();
    return { board: new MemoryBoard(this.#boardOptions), usedAt: 0 };
  }

  #forgetOne(): void {
    const unusedSince = this.#now() - UNUSED_MS;
    for (const [name, { board, usedAt }] of this.#entries) {
      if (usedAt > unusedSince) break;
      if (!board.isEmpty || board.listeners.size > 0) continue;
      this.#entries.delete(name);
      return;
    }
    throw tooManyBoards(this.#maxBoards);
  }
}
