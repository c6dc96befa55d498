/** How many seconds of its rate a client may save up while it is silent: a page that was offline sends much at once. */
const BURST_SECONDS = 2;

/** Holds a connection to its rate of messages [W9]: the bucket fills with the rate, and each message takes from it. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #now: () => number;
  #left: number;
  #filledAt: number;

  /** @param now milliseconds of a steady clock. */
  constructor(perSecond: number, now: () => number = () => performance.now()) {
    this.#perSecond = perSecond;
    this.#now = now;
    this.#left = perSecond * BURST_SECONDS;
    this.#filledAt = now();
  }

  /** Whether one more message may pass that costs as much as `cost` small ones. One that may not takes nothing. */
  take(cost = 1): boolean {
    const now = this.#now();
    const filled = this.#left + ((now - this.#filledAt) / 1_000) * this.#perSecond;
    this.#left = Math.min(filled, this.#perSecond * BURST_SECONDS);
    this.#filledAt = now;
    if (this.#left < cost) return false;
    this.#left -= cost;
    return true;
  }
}
