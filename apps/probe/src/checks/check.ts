import type { Target } from "../clients/target.ts";
import type { Service } from "../service.ts";

/** What a check found: a detail; for a failure also the likely cause, and the fix. */
export type Outcome =
  | { readonly result: "pass"; readonly detail: string }
  | { readonly result: "fail"; readonly detail: string; readonly cause: string; readonly fix: string }
  | { readonly result: "skip"; readonly detail: string };

/** An outcome, and of which check. */
export type CheckResult = Outcome & { readonly name: string; readonly milliseconds: number };

/** What checks find out for those after them. */
export interface Findings {
  service: Service | undefined;
  /** It speaks as the original example does, and says nothing of itself. */
  isOriginal: boolean;
  /** The names of the pods that have answered so far. */
  readonly pods: Set<string>;
  /** The names of the checks that held. */
  readonly passed: Set<string>;
}

/** Before the first check; of a service that was named, or of one that is to be found out. */
export const newFindings = (service?: Service): Findings => ({
  service,
  isOriginal: false,
  pods: new Set(),
  passed: new Set(),
});

export interface CheckContext {
  readonly target: Target;
  readonly findings: Findings;
  /** Says that the check must end. */
  readonly signal: AbortSignal;
  /** A board of the probe's own. */
  readonly board: string;
  /** Runs `cleanUp` when all checks are over, or were ended: it takes away what the probe made. */
  readonly atEnd: (cleanUp: () => Promise<void>) => void;
  /** How long a silent connection has to survive; undefined when that is not checked. */
  readonly idleMs: number | undefined;
}

/** One thing that should hold of a service. */
export interface Check {
  readonly name: string;
  /** Names of checks without which this one makes no sense. */
  readonly needs?: readonly string[];
  /** What it takes beyond the time that every check has, in milliseconds. */
  readonly extraMs?: (context: Omit<CheckContext, "signal">) => number;
  run(context: CheckContext): Promise<Outcome>;
}

export const pass = (detail: string): Outcome => ({ result: "pass", detail });
export const skip = (detail: string): Outcome => ({ result: "skip", detail });
export const fail = (detail: string, cause: string, fix: string): Outcome => ({ result: "fail", detail, cause, fix });

/** Ends a check with a failure from wherever it is found. */
export class CheckFailure extends Error {
  override readonly name = "CheckFailure";
  readonly outcome: Outcome;

  constructor(...failure: Parameters<typeof fail>) {
    super(failure[0]);
    this.outcome = fail(...failure);
  }
}
