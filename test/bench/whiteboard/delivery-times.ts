const BUCKETS_PER_MS = 10;
/** What takes longer is counted as this. */
const MAX_MS = 30_000;

/** How long deliveries took, to a tenth of a millisecond. */
export class DeliveryTimes {
  readonly #buckets = new Uint32Array(MAX_MS * BUCKETS_PER_MS + 1);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(ms: number): void {
    const bucket = Math.round(Math.min(MAX_MS, Math.max(0, ms)) * BUCKETS_PER_MS);
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#count += 1;
  }

  /** The time in milliseconds that this share of the deliveries did not pass; NaN when there was none. */
  percentile(share: number): number {
    let left = Math.max(1, Math.ceil(this.#count * share));
    if (left > this.#count) return Number.NaN;
    for (const [bucket, count] of this.#buckets.entries()) {
      left -= count;
      if (left <= 0) return bucket / BUCKETS_PER_MS;
    }
    return MAX_MS;
  }
}
