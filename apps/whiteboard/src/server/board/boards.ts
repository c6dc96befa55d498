import { type BoardContext, OpenBoard } from "./open-board.ts";

/** Most characters of whole boards that are kept in memory: many ask for the same one when a pod has gone. */
const MAX_SNAPSHOT_CHARACTERS = 16 * 1024 * 1024;
/** The same of the newest operations of one board, and about of all. */
const MAX_RECENT_CHARACTERS = 512 * 1024;
const MAX_ALL_RECENT_CHARACTERS = 32 * 1024 * 1024;

/** The boards that are open on this pod. */
export class Boards {
  readonly #boards = new Map<string, OpenBoard>();
  /** Of which a whole board is kept, the one that was used last at the end. */
  readonly #withSnapshot = new Set<OpenBoard>();
  readonly #context: BoardContext;

  constructor(context: Omit<BoardContext, "maxRecentCharacters" | "snapshotUsed" | "closed">) {
    this.#context = {
      ...context,
      maxRecentCharacters: () => Math.min(MAX_RECENT_CHARACTERS, MAX_ALL_RECENT_CHARACTERS / this.size),
      snapshotUsed: (board) => this.#snapshotUsed(board),
      closed: (board) => this.#closed(board),
    };
  }

  get size(): number {
    return this.#boards.size;
  }

  /** The board of a name. Whoever asks for it joins it at once, or it would never end. */
  get(name: string): OpenBoard {
    const board = this.#boards.get(name) ?? new OpenBoard(name, this.#context);
    this.#boards.set(name, board);
    return board;
  }

  /** Resolves when all that was submitted is stored. */
  async idle(): Promise<void> {
    await Promise.all([...this.#boards.values()].map(({ idle }) => idle));
  }

  #closed(board: OpenBoard): void {
    this.#withSnapshot.delete(board);
    if (this.#boards.get(board.name) === board) this.#boards.delete(board.name);
  }

  #snapshotUsed(board: OpenBoard): void {
    this.#withSnapshot.delete(board);
    this.#withSnapshot.add(board);
    let characters = [...this.#withSnapshot].reduce((sum, { snapshotSize }) => sum + snapshotSize, 0);
    for (const oldest of this.#withSnapshot) {
      if (characters <= MAX_SNAPSHOT_CHARACTERS || oldest === board) return;
      characters -= oldest.snapshotSize;
      oldest.forgetSnapshot();
      this.#withSnapshot.delete(oldest);
    }
  }
}
