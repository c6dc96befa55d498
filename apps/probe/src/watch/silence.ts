/** The longest time without news, in milliseconds. */
export class Silence {
  #since: number | undefined;
  #longest = 0;

  /** From now on news are expected. */
  begin(): void {
    this.#since = performance.now();
  }

  /** There is news. */
  broken(): void {
    if (this.#since === undefined) return;
    this.#longest = this.longest;
    this.#since = performance.now();
  }

  /** News are expected no more. */
  end(): void {
    this.#longest = this.longest;
    this.#since = undefined;
  }

  /** The one that goes on now counts, too. */
  get longest(): number {
    return this.#since === undefined ? this.#longest : Math.max(this.#longest, performance.now() - this.#since);
  }
}
