import type { Position } from "@crosspod/protocol";
import type { Batch, Reading } from "./batch.ts";

export const READ_CAUSES = ["start", "gap", "lost-last", "fork", "unknown", "new-epoch", "resubscribed"] as const;

/** The same for operators: the end of a metric's help. */
export const READ_CAUSES_HELP = [
  "`start`: at its start",
  "`gap`, `lost-last`, `resubscribed`: this pod missed messages",
  "`unknown`: a message is of a time that is not remembered",
  "`fork`: the store fell back, and went another way",
  "`new-epoch`: the store has other data",
].join(". ");

/** Why a follower read the store. */
export type ReadCause = (typeof READ_CAUSES)[number];

export interface LogFollowerOptions<B extends Batch, S extends Position> {
  /** Asks the store for what comes after a position; for all of it without one. Rejects while the store is away. */
  readonly read: (known: Position | undefined) => Promise<Reading<B, S>>;
  /** Takes the log as a whole: at first, and when it is not what it was. */
  readonly reset: (whole: S) => void;
  /** Takes the entries that follow the position, each once and in order. */
  readonly append: (batch: B) => void;
  /** Called with the cause of each read that the store has answered. */
  readonly onRead: (cause: ReadCause) => void;
}

/** Entries that wait while the store is read; more are dropped, and the store is read once more. */
export const MAX_WAITING_ENTRIES = 10_000;
/** Batches whose tokens are remembered, to tell one that comes twice from one of another history. */
export const REMEMBERED_BATCHES = 512;
/** What the store says of its position and what it published come over two connections: one may be this much later. */
export const LATE_MS = 50;

/**
 * Follows a log whose appends publish, of which any message can be lost, repeated or late: hands on what follows, in
 * order, each entry once. What is missing it reads from the store, whoever else waits for it: one read for all.
 */
export class LogFollower<B extends Batch, S extends Position> {
  readonly #options: LogFollowerOptions<B, S>;
  #position: Position | undefined;
  /** By the number of their last entry. */
  readonly #tokens = new Map<number, string>();
  #reading: Promise<void> | undefined;
  #waiting: B[] = [];
  #waitingEntries = 0;
  readonly #arrivals = new Set<() => void>();

  constructor(options: LogFollowerOptions<B, S>) {
    this.#options = options;
  }

  /** Undefined until the store was read for the first time. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** Takes what was published. While a read is under way it waits for that; before the first one it is left to it. */
  receive(batch: B): void {
    if (this.#reading) return this.#wait(batch);
    const cause = this.#position && this.#take(batch, this.#position);
    if (cause) this.read(cause).catch(ignore);
  }

  /** Resolves when all is here that the store is said to have; reads what does not come. Rejects while it is away. */
  async reach(said: Position): Promise<void> {
    if (this.#lack(said) === "lost-last") await this.#arrival(said);
    // A read that is under way may have been answered before this was said.
    if (this.#lack(said)) await this.#reading;
    const cause = this.#lack(said);
    if (cause) await this.read(cause);
  }

  /** Reads what comes after the position; a read that is under way is shared. Rejects when the store is away. */
  read(cause: ReadCause): Promise<void> {
    this.#reading ??= this.#readUntilComplete(cause);
    return this.#reading;
  }

  async #readUntilComplete(cause: ReadCause): Promise<void> {
    try {
      for (let next: ReadCause | undefined = cause; next; ) {
        const reading = await this.#options.read(this.#position);
        this.#options.onRead(next);
        this.#adopt(reading);
        next = this.#takeWaiting();
      }
    } finally {
      // In the same step as the last look at what waits, or a message that comes in between is lost.
      this.#reading = undefined;
    }
  }

  #adopt(reading: Reading<B, S>): void {
    if ("whole" in reading) this.#tokens.clear();
    for (const [seq, token] of reading.tokens ?? []) this.#remember(seq, token);
    if ("rest" in reading) return this.#append(reading.rest);
    this.#moveTo(reading.whole);
    this.#options.reset(reading.whole);
  }

  #wait(batch: B): void {
    this.#waitingEntries += Math.max(1, 1 + batch.seq - batch.firstSeq);
    if (this.#waitingEntries <= MAX_WAITING_ENTRIES) this.#waiting.push(batch);
  }

  #takeWaiting(): ReadCause | undefined {
    const waiting = this.#waiting;
    const isComplete = this.#waitingEntries <= MAX_WAITING_ENTRIES;
    this.#waiting = [];
    this.#waitingEntries = 0;
    if (!isComplete) return "gap";
    for (const batch of waiting) {
      const cause = this.#position && !this.#isCovered(batch, this.#position) && this.#take(batch, this.#position);
      if (cause) return cause;
    }
    return undefined;
  }

  /** The read has answered for entries that are not past it. What says where the log is now may have come after it. */
  #isCovered(batch: B, { epoch, seq }: Position): boolean {
    return batch.epoch === epoch && batch.seq <= seq && !isEmpty(batch) && !this.#tokens.has(batch.seq);
  }

  /** Hands on a batch that follows the position; otherwise says why the store must be read, if it must. */
  #take(batch: B, { seq, token }: Position): ReadCause | undefined {
    const lack = this.#lack(batch);
    if (lack !== "lost-last" || isEmpty(batch)) return lack;
    if (batch.firstSeq > seq + 1) return "gap";
    if (batch.previous !== token) return "fork";
    this.#append(batch);
    return undefined;
  }

  /** Why what is here is not all that the store is said to have; undefined when it is. */
  #lack({ epoch, seq, token }: Position): ReadCause | undefined {
    if (!this.#position) return "start";
    if (epoch !== this.#position.epoch) return "new-epoch";
    if (seq > this.#position.seq) return "lost-last";
    const own = this.#tokens.get(seq);
    // Too long ago, or before what was read as a whole: only the store knows whether it is of this history.
    if (own === undefined) return "unknown";
    return own === token ? undefined : "fork";
  }

  #append(batch: B): void {
    this.#moveTo(batch);
    if (!isEmpty(batch)) this.#options.append(batch);
  }

  #moveTo({ epoch, seq, token }: Position): void {
    this.#position = { epoch, seq, token };
    this.#remember(seq, token);
    for (const look of this.#arrivals) look();
  }

  #remember(seq: number, token: string): void {
    this.#tokens.set(seq, token);
    if (this.#tokens.size <= REMEMBERED_BATCHES) return;
    const [oldest] = this.#tokens.keys();
    if (oldest !== undefined) this.#tokens.delete(oldest);
  }

  /** Resolves when the log has come as far as is said, or that is late. */
  #arrival(said: Position): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#lack(said) !== "lost-last") end();
      };
      const end = (): void => {
        clearTimeout(timer);
        this.#arrivals.delete(look);
        resolve();
      };
      const timer = setTimeout(end, LATE_MS);
      this.#arrivals.add(look);
    });
  }
}

const isEmpty = ({ firstSeq, seq }: Batch): boolean => firstSeq > seq;

/** The next message, or the next check, reads again. */
const ignore = (): void => {};
