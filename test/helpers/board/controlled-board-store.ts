import type { ClientId, Position } from "@crosspod/protocol";
import type { Reading } from "@crosspod/redis";
import {
  type Appended,
  type BoardBatch,
  type BoardListener,
  type BoardSnapshot,
  type BoardStore,
  BoardStoreError,
  type JoinAnswer,
  type Submission,
} from "../../../apps/whiteboard/src/server/store/board-store.ts";
import { MemoryBoardStore } from "../../../apps/whiteboard/src/server/store/memory-board-store.ts";

type Paused = "read" | "join" | "snapshot" | "head";

/** A store of which a test decides whether it can be reached, what is slow, what is published, and what is lost. */
export class ControlledBoardStore implements BoardStore {
  isAway = false;
  /** Whether what is appended reaches those who follow. */
  isPublishing = true;
  /** How often the log was read for what was missed, and boards as a whole. */
  reads = 0;
  snapshots = 0;
  /** How often it was asked where a board is. */
  heads = 0;
  /** How often an append was asked for, and with what. */
  readonly appends: { readonly board: string; readonly submissions: readonly Submission[] }[] = [];
  #inner: BoardStore = new MemoryBoardStore({ maxBoards: 100 });
  /** Boards whose appends wait until their gate is opened. */
  readonly #gates = new Map<string, { opened: Promise<void>; open: () => void }>();
  readonly #pauses = new Map<Paused, Promise<void>>();
  readonly #listeners = new Map<BoardListener, { readonly board: string; unsubscribe: () => void }>();

  /** How many follow a board. */
  get listeners(): number {
    return this.#listeners.size;
  }

  get inner(): BoardStore {
    return this.#inner;
  }

  /** The data: a new one is what a store is that lost all it had. The subscriptions stay, and nobody is told. */
  set inner(inner: BoardStore) {
    this.#inner = inner;
    for (const [listener, { board, unsubscribe }] of this.#listeners) {
      unsubscribe();
      this.#listen(board, listener, () => {});
    }
  }

  /** Makes the appends of a board wait; the function that comes back lets them go on. */
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

  /** Makes what is asked of the store wait; the function that comes back lets it go on. */
  pause(what: Paused): () => void {
    let open = (): void => undefined;
    this.#pauses.set(
      what,
      new Promise((resolve) => {
        open = resolve;
      }),
    );
    return () => {
      this.#pauses.delete(what);
      open();
    };
  }

  /** Publishes something as if another pod had appended it. */
  publish(board: string, batch: BoardBatch): void {
    for (const [listener, followed] of this.#listeners) if (followed.board === board) listener.batch(batch);
  }

  /** The subscriptions were lost, and are back. */
  resubscribe(): void {
    for (const listener of this.#listeners.keys()) listener.subscribed();
  }

  async append(board: string, submissions: readonly Submission[], seen?: Position): Promise<Appended> {
    this.appends.push({ board, submissions });
    await this.#gates.get(board)?.opened;
    this.#check();
    return this.inner.append(board, submissions, seen);
  }

  async read(board: string, known?: Position): Promise<Reading<BoardBatch, Position>> {
    await this.#pauses.get("read");
    this.#check();
    this.reads += 1;
    return this.inner.read(board, known);
  }

  async join(board: string, clients: readonly ClientId[], known?: Position, seen?: Position): Promise<JoinAnswer> {
    await this.#pauses.get("join");
    this.#check();
    return this.inner.join(board, clients, known, seen);
  }

  async snapshot(board: string, seen?: Position): Promise<BoardSnapshot> {
    await this.#pauses.get("snapshot");
    this.#check();
    this.snapshots += 1;
    return this.inner.snapshot(board, seen);
  }

  async head(board: string, seen?: Position): Promise<Position> {
    this.heads += 1;
    await this.#pauses.get("head");
    this.#check();
    return this.inner.head(board, seen);
  }

  subscribe(board: string, listener: BoardListener): () => void {
    this.#listen(board, listener);
    return () => {
      this.#listeners.get(listener)?.unsubscribe();
      this.#listeners.delete(listener);
    };
  }

  #listen(board: string, listener: BoardListener, subscribed = listener.subscribed): void {
    const batch = (published: BoardBatch): void => {
      if (this.isPublishing) listener.batch(published);
    };
    const unsubscribe = this.inner.subscribe(board, { batch, subscribed });
    this.#listeners.set(listener, { board, unsubscribe });
  }

  #check(): void {
    if (this.isAway) throw new BoardStoreError("unavailable", "the store cannot be reached");
  }
}
