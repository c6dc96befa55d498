import type { Cancel, Clock } from "./clock.ts";

/** One wait that can be under way, and what to do at its end. */
export class Timer {
  readonly #clock: Clock;
  readonly #run: () => void;
  #cancel: Cancel | undefined;

  constructor(clock: Clock, run: () => void) {
    this.#clock = clock;
    this.#run = run;
  }

  get isRunning(): boolean {
    return this.#cancel !== undefined;
  }

  /** Waits for `ms` milliseconds, unless a wait is under way: that one goes on. */
  start(ms: number): void {
    this.#cancel ??= this.#clock.after(ms, () => {
      this.#cancel = undefined;
      this.#run();
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
