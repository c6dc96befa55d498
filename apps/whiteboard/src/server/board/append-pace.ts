/** Longest time from one append to the next, under load [W8]. */
export const LONGEST_INTERVAL_MS = 33;
/** Frames a second, for one board, from which that long is waited: that is with thirteen who watch. */
const FULL_LOAD = 400;
/** What was sent counts for about this long. */
const MEMORY_MS = 200;

/** How long appends to a board wait for each other: not at all while it is quiet, and longer the more they send. */
export class AppendPace {
  readonly #now: () => number;
  #frames = 0;
  #at: number;

  /** @param now milliseconds of a steady clock. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#at = now();
  }

  /** Takes note of frames that were sent. */
  sent(frames: number): void {
    this.#frames = this.#lately() + frames;
    this.#at = this.#now();
  }

  /** From the start of one append to the start of the next. */
  get intervalMs(): number {
    const perSecond = this.#lately() / (MEMORY_MS / 1_000);
    return LONGEST_INTERVAL_MS * Math.min(1, perSecond / FULL_LOAD);
  }

  #lately(): number {
    return this.#frames * Math.exp((this.#at - this.#now()) / MEMORY_MS);
  }
}
