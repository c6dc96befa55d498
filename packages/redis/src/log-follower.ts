import type { Position } from "@crosspod/protocol";

/** Entries that one append published, and where the log is after them. One without entries says only where the log is. */
export interface Batch extends Position {
  /** The token of the batch before it. */
  readonly previous: string;
  /** Of its first entry; `seq + 1` when it has none. */
  readonly firstSeq: number;
}

/** What a store answers to "what comes after this": the rest, or all of it where the log does not lead there. */
export type Reading<B extends Batch, S extends Position> = { readonly rest: B } | { readonly whole: S };

export const READ_CAUSES = ["start", "gap", "lost-last", "fork", "new-epoch", "resubscribed"] as const;

/** Why a follower read the store. */
export type ReadCause = (typeof READ_CAUSES)[number];

export interface LogFollowerOptions<B extends Batch, S extends Position> {
  /** Asks the store for what comes after a position; for all of it without one. Rejects while the store is away. */
  readonly read: (known: Position | undefined) => Promise<Reading<B, S>>;
  /** Takes the log as a whole: at first, and when it is not what it was. */
  readonly reset: (whole: S) => void;
  /** Takes the entries that follow the position, each once and in order. */
  readonly append: (batch: B) => void;
  /** Told why the store was read, each time that it answered. */
  readonly onRead?: (cause: ReadCause) => void;
}

/** Entries that wait while the store is read; more are dropped, and the store is read once more. */
const MAX_WAITING_ENTRIES = 10_000;
/** Batches whose tokens are remembered, to tell one that comes twice from one of another history. */
const REMEMBERED_BATCHES = 512;
/** What the store says of its position and what it published come over two connections: one may be this much later. */
const LATE_MS = 50;

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

  /** Takes what was published. While the position is unknown, or a read is under way, it waits for that. */
  receive(batch: B): void {
    if (this.#reading) return this.#wait(batch);
    if (!this.#position) return;
    const cause = this.#take(batch, this.#position);
    if (cause) this.read(cause).catch(ignore);
  }

  /** Resolves when all is here that the store is said to have; what does not come is read. Rejects when the store is away. */
  async reach(said: Position): Promise<void> {
    if (!this.#isBehind(said)) return;
    if (said.epoch === this.#position?.epoch) await this.#arrival(said);
    if (this.#isBehind(said)) await this.read(said.epoch === this.#position?.epoch ? "lost-last" : "new-epoch");
  }

  /** Reads what comes after the position; a read that is under way is shared. Rejects when the store is away. */
  read(cause: ReadCause): Promise<void> {
    this.#reading ??= this.#readUntilComplete(cause).finally(() => {
      this.#reading = undefined;
      this.#waiting = [];
      this.#waitingEntries = 0;
    });
    return this.#reading;
  }

  async #readUntilComplete(cause: ReadCause): Promise<void> {
    for (let next: ReadCause | undefined = cause; next; ) {
      const reading = await this.#options.read(this.#position);
      this.#options.onRead?.(next);
      this.#adopt(reading);
      next = this.#takeWaiting();
    }
  }

  #adopt(reading: Reading<B, S>): void {
    if ("rest" in reading) return this.#append(reading.rest);
    this.#tokens.clear();
    this.#moveTo(reading.whole);
    this.#options.reset(reading.whole);
    this.#arrived();
  }

  #wait(batch: B): void {
    this.#waitingEntries += 1 + batch.seq - batch.firstSeq;
    if (this.#waitingEntries <= MAX_WAITING_ENTRIES) this.#waiting.push(batch);
  }

  #takeWaiting(): ReadCause | undefined {
    const waiting = this.#waiting;
    const isComplete = this.#waitingEntries <= MAX_WAITING_ENTRIES;
    this.#waiting = [];
    this.#waitingEntries = 0;
    if (!isComplete) return "gap";
    for (const batch of waiting) {
      const { position } = this;
      // The read has answered for what is not past it.
      const isCovered = batch.epoch === position?.epoch && batch.seq <= position.seq && !this.#tokens.has(batch.seq);
      const cause = position && !isCovered ? this.#take(batch, position) : undefined;
      if (cause) return cause;
    }
    return undefined;
  }

  /** Hands on a batch that follows the position; otherwise says why the store must be read, if it must. */
  #take(batch: B, { epoch, seq, token }: Position): ReadCause | undefined {
    if (batch.epoch !== epoch) return "new-epoch";
    if (batch.seq <= seq) return this.#tokens.get(batch.seq) === batch.token ? undefined : "fork";
    if (batch.firstSeq > seq + 1) return "gap";
    if (batch.firstSeq <= seq || batch.previous !== token) return "fork";
    this.#append(batch);
    return undefined;
  }

  #append(batch: B): void {
    this.#moveTo(batch);
    if (batch.firstSeq <= batch.seq) this.#options.append(batch);
    this.#arrived();
  }

  #moveTo({ epoch, seq, token }: Position): void {
    this.#position = { epoch, seq, token };
    this.#tokens.delete(seq);
    this.#tokens.set(seq, token);
    if (this.#tokens.size <= REMEMBERED_BATCHES) return;
    const [oldest] = this.#tokens.keys();
    if (oldest !== undefined) this.#tokens.delete(oldest);
  }

  #isBehind({ epoch, seq }: Position): boolean {
    return epoch !== this.#position?.epoch || seq > this.#position.seq;
  }

  /** Resolves when the log has come as far as is said, or that is late. */
  #arrival(said: Position): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#isBehind(said)) return;
        end();
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

  #arrived(): void {
    for (const look of this.#arrivals) look();
  }
}

/** The next message, or the next check, reads again. */
const ignore = (): void => {};
