import type { ClientId, Position } from "@crosspod/protocol";
import type { Reading } from "@crosspod/redis";
import type {
  Appended,
  BoardBatch,
  BoardListener,
  BoardSnapshot,
  BoardStore,
  JoinAnswer,
  Submission,
} from "../../../apps/whiteboard/src/server/store/board-store.ts";
import type { Random } from "../../fuzz/random.ts";

const MOST_MICROTASKS = 6;

/** A store whose answers and messages come at random moments, each message late or lost with some probability. */
export class JitteryBoardStore implements BoardStore {
  readonly #inner: BoardStore;
  readonly #random: Random;
  readonly #lossShare: number;

  constructor(inner: BoardStore, random: Random, lossShare: number) {
    this.#inner = inner;
    this.#random = random;
    this.#lossShare = lossShare;
  }

  append(board: string, submissions: readonly Submission[], seen?: Position): Promise<Appended> {
    return this.#answer(() => this.#inner.append(board, submissions, seen));
  }

  read(board: string, known?: Position): Promise<Reading<BoardBatch, Position>> {
    return this.#answer(() => this.#inner.read(board, known));
  }

  join(board: string, clients: readonly ClientId[], known?: Position, seen?: Position): Promise<JoinAnswer> {
    return this.#answer(() => this.#inner.join(board, clients, known, seen));
  }

  snapshot(board: string, seen?: Position): Promise<BoardSnapshot> {
    return this.#answer(() => this.#inner.snapshot(board, seen));
  }

  head(board: string, seen?: Position): Promise<Position> {
    return this.#answer(() => this.#inner.head(board, seen));
  }

  subscribe(board: string, listener: BoardListener): () => void {
    const batch = async (published: BoardBatch): Promise<void> => {
      if (this.#random.chance(this.#lossShare)) return;
      await this.#pause();
      listener.batch(published);
    };
    return this.#inner.subscribe(board, { ...listener, batch: (published) => void batch(published) });
  }

  async #answer<T>(ask: () => Promise<T>): Promise<T> {
    await this.#pause();
    const answer = await ask();
    await this.#pause();
    return answer;
  }

  async #pause(): Promise<void> {
    for (let left = this.#random.whole(0, MOST_MICROTASKS); left > 0; left -= 1) await Promise.resolve();
  }
}
