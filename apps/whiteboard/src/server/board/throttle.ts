/** Runs something at once, but at most once in an interval: what is asked for meanwhile is done at its end, once. */
export class Throttle {
  readonly #intervalMs: number;
  readonly #run: () => void;
  #timer: NodeJS.Timeout | undefined;
  #again = false;

  constructor(intervalMs: number, run: () => void) {
    this.#intervalMs = intervalMs;
    this.#run = run;
  }

  request(): void {
    if (this.#timer) {
      this.#again = true;
      return;
    }
    this.#timer = setTimeout(() => this.#intervalEnded(), this.#intervalMs);
    this.#run();
  }

  /** Forgets what waits. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#again = false;
  }

  #intervalEnded(): void {
    this.#timer = undefined;
    if (!this.#again) return;
    this.#again = false;
    this.request();
  }
}
