import type { BoardStore, Outcome, Submission } from "./board-store.ts";
import { type CommitListener, CommitQueue } from "./commit-queue.ts";

/** Commits submissions to their boards, each by a {@link CommitQueue} of its own: boards do not wait for each other. */
export class Committer {
  readonly #queues = new Map<string, CommitQueue>();
  readonly #store: BoardStore;
  readonly #listener: CommitListener;

  constructor(store: BoardStore, listener: CommitListener) {
    this.#store = store;
    this.#listener = listener;
  }

  /** See {@link CommitQueue.submit}. */
  submit(board: string, submission: Submission, textLength: number): Promise<Outcome> {
    const queue = this.#queues.get(board) ?? this.#makeQueue(board);
    return queue.submit(submission, textLength);
  }

  /** Resolves when all that was submitted has got its outcome. */
  async idle(): Promise<void> {
    await Promise.all([...this.#queues.values()].map(({ running }) => running));
  }

  #makeQueue(board: string): CommitQueue {
    const queue = new CommitQueue(board, this.#store, this.#listener, () => this.#queues.delete(board));
    this.#queues.set(board, queue);
    return queue;
  }
}
