import { randomUUID } from "node:crypto";

/** How often markers are sent, and after how long without one coming back the subscription counts as dead. */
const MARKER_INTERVAL_MS = 500;
const PROOF_TTL_MS = 2_000;

/** Longest time from one reconnect to the next: new connections need time to come up on a busy machine. */
const LONGEST_RECONNECT_PAUSE_MS = 5_000;

export interface SubscriptionProbeOptions {
  /** How many shards messages take to this pod: one through each server of a cluster. Each has to deliver. */
  readonly shards?: number;
  /** Publishes a marker to this pod's own subscription, among others', through the shard that is counted from 0. */
  readonly send: (marker: string, shard: number) => Promise<unknown>;
  /** Called when the subscription has become dead, and when it is proven again. */
  readonly changed: (alive: boolean) => void;
  /** Called every few seconds with the shards that deliver nothing: time to connect to them anew. */
  readonly reconnect: (shards: readonly number[]) => void;
}

/**
 * Proves that a subscription delivers: a marker that this pod publishes must come back on it. A connection that answers
 * PING proves nothing of the kind.
 */
export class SubscriptionProbe {
  readonly #options: SubscriptionProbeOptions;
  /** When the marker of each shard was seen last, in milliseconds of `performance.now()`. */
  readonly #seenAt = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #reconnectedAt = Number.NEGATIVE_INFINITY;
  #reconnectPause = PROOF_TTL_MS;
  #alive = false;
  #isStopped = false;
  #proven: () => void = () => {};

  constructor(options: SubscriptionProbeOptions) {
    this.#options = options;
    for (let shard = 0; shard < (options.shards ?? 1); shard += 1)
      this.#seenAt.set(randomUUID(), Number.NEGATIVE_INFINITY);
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Sends markers until {@link stop}, none when that was called before. Resolves when the first have come back. */
  start(): Promise<void> {
    if (!this.#isStopped) {
      this.#reconnectedAt = performance.now();
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
    if (this.#alive || this.#deadShards().length > 0) return;
    this.#set(true);
    this.#proven();
  }

  #tick(): void {
    this.#send();
    const dead = this.#deadShards();
    if (dead.length === 0) return;
    this.#set(false);
    const now = performance.now();
    if (now - this.#reconnectedAt <= this.#reconnectPause) return;
    this.#reconnectedAt = now;
    this.#reconnectPause = Math.min(LONGEST_RECONNECT_PAUSE_MS, 2 * this.#reconnectPause);
    this.#options.reconnect(dead);
  }

  #deadShards(): number[] {
    const since = performance.now() - PROOF_TTL_MS;
    return [...this.#seenAt.values()].flatMap((seenAt, shard) => (seenAt < since ? [shard] : []));
  }

  #send(): void {
    // A failure shows: its marker does not come back.
    for (const [shard, marker] of [...this.#seenAt.keys()].entries()) this.#options.send(marker, shard).catch(() => {});
  }

  #set(alive: boolean): void {
    if (alive === this.#alive) return;
    this.#alive = alive;
    this.#reconnectPause = PROOF_TTL_MS;
    this.#options.changed(alive);
  }
}
