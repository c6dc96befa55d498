/** How long somebody got nothing new at a stretch. */
export class Silence {
  #heardAt = performance.now();
  #longest = 0;

  /** Something came. */
  heard(): void {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#heardAt);
    this.#heardAt = now;
  }

  /** The longest time without anything since this was called before, in milliseconds. */
  take(): number {
    this.heard();
    const longest = this.#longest;
    this.#longest = 0;
    return longest;
  }
}
