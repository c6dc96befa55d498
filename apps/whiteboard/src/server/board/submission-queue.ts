import { setTimeout as sleep } from "node:timers/promises";
import { type Appended, BoardStoreError, type Outcome, type Submission, unavailable } from "../store/board-store.ts";

/** Most characters of operations in one append: it stays short for the store and for the wire. */
export const MAX_APPEND_CHARACTERS = 256 * 1024;

/** Most characters of operations that wait for one board; beyond that clients have to send again later. */
export const MAX_WAITING_CHARACTERS = 8 * 1024 * 1024;

/** What a submission costs besides the text of its operations. */
const SUBMISSION_CHARACTERS = 256;

export interface SubmissionQueueOptions {
  readonly append: (submissions: readonly Submission[]) => Promise<Appended>;
  /** From the start of one append to the start of the next, in milliseconds. */
  readonly interval: () => number;
  /** Called when nothing waits. */
  readonly idle: () => void;
  /** Called with the error of an append. */
  readonly failed: (error: unknown) => void;
}

interface Waiting {
  readonly submission: Submission;
  readonly characters: number;
  resolve(outcome: Outcome): void;
  reject(error: BoardStoreError): void;
}

/** Appends what is submitted to one board [W7]: the first submission at once, all that come meanwhile together. */
export class SubmissionQueue {
  readonly #options: SubmissionQueueOptions;
  #waiting: Waiting[] = [];
  #characters = 0;
  #running: Promise<void> | undefined;

  constructor(options: SubmissionQueueOptions) {
    this.#options = options;
  }

  /** Resolves when nothing waits; undefined while that is so. */
  get running(): Promise<void> | undefined {
    return this.#running;
  }

  /** Says what became of the submission. Rejects with a {@link BoardStoreError} when nothing is known to be stored. */
  submit(submission: Submission): Promise<Outcome> {
    const characters = submission.operations.reduce((sum, { text }) => sum + text.length, SUBMISSION_CHARACTERS);
    if (this.#characters + characters > MAX_WAITING_CHARACTERS) {
      return Promise.reject(unavailable("too much waits for this board already; try again"));
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
      await this.#append(this.#takeBatch());
      const left = startedAt + this.#options.interval() - performance.now();
      if (left > 0 && this.#characters < MAX_APPEND_CHARACTERS) await sleep(left);
    } while (this.#waiting.length > 0);
    this.#running = undefined;
    this.#options.idle();
  }

  #takeBatch(): Waiting[] {
    let characters = 0;
    const end = this.#waiting.findIndex((waiting) => {
      characters += waiting.characters;
      return characters > MAX_APPEND_CHARACTERS;
    });
    const batch = this.#waiting.splice(0, end === -1 ? this.#waiting.length : Math.max(1, end));
    this.#characters -= batch.reduce((sum, waiting) => sum + waiting.characters, 0);
    return batch;
  }

  async #append(batch: readonly Waiting[]): Promise<void> {
    const appended = await this.#options.append(batch.map(({ submission }) => submission)).catch((error: unknown) => {
      this.#options.failed(error);
      this.#rejectAll(batch, toStoreError(error));
    });
    if (!appended) return;
    for (const [index, { resolve, reject }] of batch.entries()) {
      const outcome = appended.outcomes[index];
      if (outcome) resolve(outcome);
      else reject(unavailable("the store did not say what became of this"));
    }
  }

  /** What waits behind an append that failed goes with it: it would leave gaps. */
  #rejectAll(batch: readonly Waiting[], error: BoardStoreError): void {
    const behind = this.#waiting;
    this.#waiting = [];
    this.#characters = 0;
    for (const { reject } of [...batch, ...behind]) reject(error);
  }
}

const toStoreError = (error: unknown): BoardStoreError =>
  error instanceof BoardStoreError ? error : unavailable("the board could not be stored; try again");
