import type { ClientId, Head, History } from "@crosspod/protocol";
import {
  type BoardStore,
  BoardStoreError,
  type Commit,
  type Joining,
  type Submission,
} from "../../apps/whiteboard/src/server/board-store.ts";
import { MemoryBoardStore } from "../../apps/whiteboard/src/server/memory-board-store.ts";

/** A store of which a test decides whether it can be reached, how long a commit takes and when its data is gone. */
export class SteeredBoardStore implements BoardStore {
  /** The data: a new one is what a store is that lost all it had. */
  inner: BoardStore = new MemoryBoardStore({ maxBoards: 100 });
  isAway = false;
  /** How often a commit was asked for, and with what. */
  readonly commits: { readonly board: string; readonly submissions: readonly Submission[] }[] = [];
  /** Boards whose commits wait until their gate is opened. */
  readonly #gates = new Map<string, { opened: Promise<void>; open: () => void }>();

  /** Makes the commits of a board wait; the function that comes back lets them go on. */
  hold(board: string): () => void {
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.#gates.set(board, { opened, open });
    return () => {
      this.#gates.delete(board);
      open();
    };
  }

  async commit(board: string, submissions: readonly Submission[]): Promise<Commit> {
    this.commits.push({ board, submissions });
    await this.#gates.get(board)?.opened;
    this.#check();
    return this.inner.commit(board, submissions);
  }

  async history(board: string, known?: Head): Promise<History> {
    this.#check();
    return this.inner.history(board, known);
  }

  async join(board: string, client: ClientId, known?: Head): Promise<Joining> {
    this.#check();
    return this.inner.join(board, client, known);
  }

  async head(board: string): Promise<Head> {
    this.#check();
    return this.inner.head(board);
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  #check(): void {
    if (this.isAway) throw new BoardStoreError("unavailable", "the store cannot be reached");
  }
}
