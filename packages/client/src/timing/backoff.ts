/** Longest first pause: it spreads the clients of a pod that was killed, and is short for the person who waits. */
const FIRST_PAUSE_MS = 200;
/** Before another try to connect: a service that is away for longer is not to be met by all of its clients at once. */
const LONGEST_PAUSE_MS = 10_000;
/** The same before a repeat over a connection that works: a refusal costs a pod little, and a person waits. */
export const LONGEST_REPEAT_PAUSE_MS = 3_000;

/** How long to wait before each try: a random time below a bound that doubles, so that not all clients come at once. */
export class Backoff {
  readonly #random: () => number;
  readonly #longestMs: number;
  #tries = 0;

  /**
   * @param random a number from 0 up to 1, as `Math.random`.
   * @param longestMs the bound beyond which it does not grow.
   */
  constructor(random: () => number = Math.random, longestMs = LONGEST_PAUSE_MS) {
    this.#random = random;
    this.#longestMs = longestMs;
  }

  /** Milliseconds until the next try. */
  next(): number {
    const bound = Math.min(this.#longestMs, FIRST_PAUSE_MS * 2 ** this.#tries);
    this.#tries += 1;
    return this.#random() * bound;
  }

  /** A try has worked: the next pause is a first one again. */
  reset(): void {
    this.#tries = 0;
  }
}
