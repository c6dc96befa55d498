/** Longest first pause: it spreads the clients of a pod that was killed, and is still short for the person who waits. */
const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 10_000;

/** How long to wait before each try to connect again: a random time below a bound that doubles, so that clients which lost one server do not come back all at once. */
export class Backoff {
  readonly #random: () => number;
  #tries = 0;

  /** @param random a number from 0 up to 1, as `Math.random`. */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Milliseconds until the next try. */
  next(): number {
    const bound = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#tries);
    this.#tries += 1;
    return this.#random() * bound;
  }

  /** A try has worked: the next pause is a first one again. */
  reset(): void {
    this.#tries = 0;
  }
}
