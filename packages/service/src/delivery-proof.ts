import { randomUUID } from "node:crypto";

/** How often markers are sent, and after how long without one coming back the subscription counts as dead. */
const MARKER_INTERVAL_MS = 500;
const PROOF_TTL_MS = 2_000;

/** Longest time from one revival to the next. The first comes as soon as the proof is too old; connections that were made anew need time to come up on a busy machine. */
const LONGEST_REVIVAL_PAUSE_MS = 5_000;

export interface DeliveryProofOptions {
  /** How many ways messages take to this pod, such as one through each server of a cluster: every one of them has to deliver. */
  readonly ways?: number;
  /** Publishes a marker to this pod's own subscription, among others', by the way that is counted from 0. */
  readonly send: (marker: string, way: number) => Promise<unknown>;
  /** Told when the subscription has become dead, and when it is proven again. */
  readonly changed: (alive: boolean) => void;
  /** Told, every few seconds while the subscription is dead, by which ways nothing comes: time to make their connections anew. */
  readonly revive: (ways: readonly number[]) => void;
}

/**
 * Proves that a subscription delivers: a marker that this pod publishes must come back on its own subscription. A connection that answers PING, and
 * a process that runs, prove nothing of the kind.
 */
export class DeliveryProof {
  readonly #options: DeliveryProofOptions;
  /** When the marker of each way was seen last, in milliseconds of `performance.now()`. */
  readonly #seenAt = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #lastRevival = Number.NEGATIVE_INFINITY;
  #revivalPause = PROOF_TTL_MS;
  #alive = false;
  #isStopped = false;
  #proven: () => void = () => {};

  constructor(options: DeliveryProofOptions) {
    this.#options = options;
    for (let way = 0; way < (options.ways ?? 1); way += 1) this.#seenAt.set(randomUUID(), Number.NEGATIVE_INFINITY);
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Sends the first markers, and then one after the other until {@link stop}; none when that was called before. Resolves when the first have come back. */
  start(): Promise<void> {
    if (!this.#isStopped) {
      this.#lastRevival = performance.now();
      this.#send();
      this.#timer = setInterval(() => this.#tick(), MARKER_INTERVAL_MS);
    }
    return new Promise((resolve) => {
      this.#proven = resolve;
    });
  }

  /** For good. */
  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
  }

  /** A marker arrived on the subscription; those of other pods prove nothing. */
  received(marker: string): void {
    if (!this.#seenAt.has(marker)) return;
    this.#seenAt.set(marker, performance.now());
    if (this.#alive || this.#deadWays().length > 0) return;
    this.#set(true);
    this.#proven();
  }

  #tick(): void {
    this.#send();
    const dead = this.#deadWays();
    if (dead.length === 0) return;
    this.#set(false);
    const now = performance.now();
    if (now - this.#lastRevival <= this.#revivalPause) return;
    this.#lastRevival = now;
    this.#revivalPause = Math.min(LONGEST_REVIVAL_PAUSE_MS, 2 * this.#revivalPause);
    this.#options.revive(dead);
  }

  #deadWays(): number[] {
    const since = performance.now() - PROOF_TTL_MS;
    return [...this.#seenAt.values()].flatMap((seenAt, way) => (seenAt < since ? [way] : []));
  }

  #send(): void {
    // That it fails shows in the marker which does not come back.
    for (const [way, marker] of [...this.#seenAt.keys()].entries()) this.#options.send(marker, way).catch(() => {});
  }

  #set(alive: boolean): void {
    if (alive === this.#alive) return;
    this.#alive = alive;
    this.#revivalPause = PROOF_TTL_MS;
    this.#options.changed(alive);
  }
}
