import { setTimeout as sleep } from "node:timers/promises";
import { type BoardStore, BoardStoreError, type Commit, type Outcome, type Submission } from "./board-store.ts";

/** From the start of one commit to the start of the next, while nothing waits too long: a frame of a screen [W8]. */
export const COMMIT_INTERVAL_MS = 16;

/** Most characters of operations in one commit: more wait for the next, so that one commit stays short for the store and for the wire. */
export const MAX_COMMIT_CHARACTERS = 256 * 1024;

/** Most characters of operations that wait for one board while its store is slow; beyond that clients are told to come again. */
export const MAX_WAITING_CHARACTERS = 8 * 1024 * 1024;

/** What a submission costs besides the text of its operations. */
const SUBMISSION_CHARACTERS = 256;

/** What a queue tells of its commits. */
export interface CommitListener {
  /** Called before the submissions get their outcomes. */
  committed(board: string, commit: Commit, seconds: number): void;
  failed(board: string, error: unknown): void;
}

interface Waiting {
  readonly submission: Submission;
  readonly characters: number;
  resolve(outcome: Outcome): void;
  reject(error: BoardStoreError): void;
}

/**
 * Commits what is submitted to one board, one commit after the other [W7]: the first submission at once, later ones at most every {@link COMMIT_INTERVAL_MS}, all that came meanwhile in one.
 */
export class CommitQueue {
  readonly #board: string;
  readonly #store: BoardStore;
  readonly #listener: CommitListener;
  readonly #idle: () => void;
  #waiting: Waiting[] = [];
  #characters = 0;
  #running: Promise<void> | undefined;

  /** @param idle is called when nothing waits and the last commit is an interval ago: the queue may be forgotten then. */
  constructor(board: string, store: BoardStore, listener: CommitListener, idle: () => void) {
    this.#board = board;
    this.#store = store;
    this.#listener = listener;
    this.#idle = idle;
  }

  /** Resolves when the queue is idle; undefined while it is. */
  get running(): Promise<void> | undefined {
    return this.#running;
  }

  /** Resolves with what became of the submission; rejects with a {@link BoardStoreError} when nothing is known to be committed. */
  submit(submission: Submission, textLength: number): Promise<Outcome> {
    const characters = textLength + SUBMISSION_CHARACTERS;
    if (this.#characters + characters > MAX_WAITING_CHARACTERS) {
      return Promise.reject(new BoardStoreError("unavailable", "too much waits for this board already; try again"));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ submission, characters, resolve, reject });
      this.#characters += characters;
      this.#running ??= this.#run();
    });
  }

  async #run(): Promise<void> {
    do {
      const startedAt = performance.now();
      await this.#commit(this.#takeBatch());
      const left = startedAt + COMMIT_INTERVAL_MS - performance.now();
      if (left > 0 && this.#characters < MAX_COMMIT_CHARACTERS) await sleep(left);
    } while (this.#waiting.length > 0);
    this.#running = undefined;
    this.#idle();
  }

  #takeBatch(): Waiting[] {
    let characters = 0;
    const end = this.#waiting.findIndex((waiting) => {
      characters += waiting.characters;
      return characters > MAX_COMMIT_CHARACTERS;
    });
    const batch = this.#waiting.splice(0, end === -1 ? this.#waiting.length : Math.max(1, end));
    this.#characters -= batch.reduce((sum, waiting) => sum + waiting.characters, 0);
    return batch;
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const startedAt = performance.now();
    const commit = await this.#store.commit(this.#board, batch.map(submissionOf)).catch((error: unknown) => {
      this.#listener.failed(this.#board, error);
      this.#rejectAll(batch, toStoreError(error));
    });
    if (!commit) return;
    this.#listener.committed(this.#board, commit, (performance.now() - startedAt) / 1_000);
    for (const [index, { resolve, reject }] of batch.entries()) {
      const outcome = commit.outcomes[index];
      if (outcome) resolve(outcome);
      else reject(new BoardStoreError("unavailable", "the store did not say what became of this"));
    }
  }

  /** What waits behind a failed commit goes with it: it would leave gaps. */
  #rejectAll(batch: readonly Waiting[], error: BoardStoreError): void {
    const behind = this.#waiting;
    this.#waiting = [];
    this.#characters = 0;
    for (const { reject } of [...batch, ...behind]) reject(error);
  }
}

const submissionOf = ({ submission }: Waiting): Submission => submission;

const toStoreError = (error: unknown): BoardStoreError =>
  error instanceof BoardStoreError
    ? error
    : new BoardStoreError("unavailable", "the board could not be stored; try again");
