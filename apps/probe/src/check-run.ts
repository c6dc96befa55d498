import { type Check, type CheckContext, type CheckResult, type Outcome, skip } from "./check.ts";
import { Deadline } from "./deadline.ts";
import { explainError } from "./explain-error.ts";

export interface CheckRunOptions {
  readonly context: Omit<CheckContext, "signal">;
  /** How long each check may take. */
  readonly timeoutMs: number;
  /** Ends it all. */
  readonly signal: AbortSignal;
  readonly onStart: (name: string) => void;
  readonly onResult: (result: CheckResult) => void;
}

/** Runs checks one after the other. One that needs what did not hold is skipped, and says so. */
export class CheckRun {
  readonly results: CheckResult[] = [];
  readonly #options: CheckRunOptions;

  constructor(options: CheckRunOptions) {
    this.#options = options;
  }

  async run(checks: readonly Check[]): Promise<void> {
    for (const check of checks) {
      this.#options.signal.throwIfAborted();
      this.#options.onStart(check.name);
      const start = performance.now();
      const outcome = await this.#outcomeOf(check);
      this.#options.signal.throwIfAborted();
      const result = { name: check.name, milliseconds: Math.round(performance.now() - start), ...outcome };
      this.results.push(result);
      this.#options.onResult(result);
    }
  }

  /** Whether a check was run, and held. */
  hasPassed(name: string): boolean {
    return this.results.some((result) => result.name === name && result.result === "pass");
  }

  async #outcomeOf(check: Check): Promise<Outcome> {
    const missing = check.needs?.find((name) => !this.hasPassed(name));
    if (missing !== undefined) return skip(`it needs what did not hold: ${missing}`);
    const { context, timeoutMs, signal } = this.#options;
    const milliseconds = timeoutMs + (check.extraMs?.(context) ?? 0);
    using deadline = new Deadline(milliseconds, signal);
    const ends = deadline.signal;
    try {
      return await orAborted(check.run({ ...context, signal: ends }), ends);
    } catch (error) {
      return explainError(error, ends.aborted, milliseconds);
    }
  }
}

/** A check that takes no notice of its signal is not waited for. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    // Who notices says better what it waited for.
    signal.addEventListener("abort", () => setTimeout(() => reject(signal.reason), 50), { once: true });
    promise.then(resolve, reject);
  });
}
