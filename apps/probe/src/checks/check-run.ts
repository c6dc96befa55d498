import { Deadline } from "../timing/deadline.ts";
import { type Check, type CheckContext, CheckFailure, type CheckResult, type Outcome, skip } from "./check.ts";
import { explainError } from "./explain-error.ts";

export interface CheckRun {
  readonly context: Omit<CheckContext, "signal">;
  /** How long each check may take. */
  readonly timeoutMs: number;
  /** Ends it all. */
  readonly signal: AbortSignal;
  /** Hears the name of each check that begins. */
  readonly onStart?: (name: string) => void;
  readonly onResult?: (result: CheckResult) => void;
}

/** Runs checks one after the other. One that needs what did not hold is skipped, and says so. */
export async function runChecks(checks: readonly Check[], run: CheckRun): Promise<CheckResult[]> {
  const { context, signal } = run;
  const results: CheckResult[] = [];
  for (const check of checks) {
    signal.throwIfAborted();
    run.onStart?.(check.name);
    const start = performance.now();
    const outcome = await outcomeOf(check, run);
    signal.throwIfAborted();
    if (outcome.result === "pass") context.findings.passed.add(check.name);
    const result = { name: check.name, milliseconds: Math.round(performance.now() - start), ...outcome };
    results.push(result);
    run.onResult?.(result);
  }
  return results;
}

async function outcomeOf(check: Check, { context, timeoutMs, signal }: CheckRun): Promise<Outcome> {
  const missing = check.needs?.find((name) => !context.findings.passed.has(name));
  if (missing !== undefined) return skip(`it needs what did not hold: ${missing}`);
  const milliseconds = timeoutMs + (check.extraMs?.(context) ?? 0);
  using deadline = new Deadline(milliseconds, signal);
  const ends = deadline.signal;
  try {
    return await orAborted(check.run({ ...context, signal: ends }), ends);
  } catch (error) {
    return error instanceof CheckFailure ? error.outcome : explainError(error, ends.aborted, milliseconds);
  }
}

/** A check that takes no notice of its signal is not waited for. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    // A check that notices the signal itself says better what it waited for.
    signal.addEventListener("abort", () => setTimeout(() => reject(signal.reason), 50), { once: true });
    promise.then(resolve, reject);
  });
}
