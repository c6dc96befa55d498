import type { ClientId, Head, History } from "@crosspod/protocol";
import { type BoardStore, BoardStoreError, type Commit, type Joining, type Submission } from "./board-store.ts";
import { MemoryBoard, type MemoryBoardOptions } from "./memory-board.ts";

/** An empty board that nobody asked for in this time may be forgotten. A board with viewers is asked for its head far more often. */
export const UNUSED_MS = 60_000;

export interface MemoryBoardStoreOptions extends Partial<MemoryBoardOptions> {
  /** Most boards at a time; they bound the memory of the process. */
  readonly maxBoards: number;
  /** Milliseconds of any steady clock. */
  readonly now?: () => number;
}

interface Shelf {
  readonly board: MemoryBoard;
  usedAt: number;
}

/**
 * Boards in the memory of one process: the default when there is no store to share. It outlives the server that uses it when it was handed in from outside.
 */
export class MemoryBoardStore implements BoardStore {
  /** The boards by name, the one that was used last at the end. */
  readonly #shelves = new Map<string, Shelf>();
  readonly #boardOptions: MemoryBoardOptions;
  readonly #maxBoards: number;
  readonly #now: () => number;

  constructor({ maxBoards, now = () => performance.now(), ...options }: MemoryBoardStoreOptions) {
    this.#boardOptions = { logOperations: 5_000, logCharacters: 1024 * 1024, maxClients: 10_000, ...options };
    this.#maxBoards = maxBoards;
    this.#now = now;
  }

  get boardCount(): number {
    return this.#shelves.size;
  }

  async commit(board: string, submissions: readonly Submission[]): Promise<Commit> {
    return this.#open(board).commit(submissions);
  }

  async history(board: string, known?: Head): Promise<History> {
    return this.#open(board).history(known);
  }

  async join(board: string, client: ClientId, known?: Head): Promise<Joining> {
    const opened = this.#open(board);
    return { history: opened.history(known), n: opened.lastN(client) };
  }

  async head(board: string): Promise<Head> {
    return this.#open(board).head;
  }

  async close(): Promise<void> {}

  #open(name: string): MemoryBoard {
    const shelf = this.#shelves.get(name) ?? this.#makeShelf();
    shelf.usedAt = this.#now();
    this.#shelves.delete(name);
    this.#shelves.set(name, shelf);
    return shelf.board;
  }

  #makeShelf(): Shelf {
    if (this.#shelves.size >= this.#maxBoards) this.#forgetOne();
    return { board: new MemoryBoard(this.#boardOptions), usedAt: 0 };
  }

  #forgetOne(): void {
    const unusedSince = this.#now() - UNUSED_MS;
    for (const [name, { board, usedAt }] of this.#shelves) {
      if (usedAt > unusedSince) break;
      if (!board.isEmpty) continue;
      this.#shelves.delete(name);
      return;
    }
    const detail = `there are ${this.#maxBoards} boards already, which is the limit; use one of them`;
    throw new BoardStoreError("too-many-boards", detail, this.#maxBoards);
  }
}
