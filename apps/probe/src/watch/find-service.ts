import type { Findings } from "../check.ts";
import { CheckRun } from "../check-run.ts";
import { detectService } from "../checks/detect-service.ts";
import { reachable } from "../checks/reachable.ts";
import { checkLines } from "../report.ts";
import type { Service } from "../service.ts";
import type { Target } from "../target.ts";

const TIMEOUT_MS = 10_000;

/** Finds out which service this is, or says why that cannot be known. */
export async function findService(
  target: Target,
  signal: AbortSignal,
): Promise<Service | { readonly problem: string }> {
  const findings: Findings = { service: undefined, isOriginal: false, pods: new Set() };
  const run = new CheckRun({
    context: { target, findings, board: "", idleMs: undefined, atEnd: () => {} },
    timeoutMs: TIMEOUT_MS,
    signal,
    onStart: () => {},
    onResult: () => {},
  });
  await run.run([reachable, detectService]);
  const failed = run.results.find(({ result }) => result === "fail");
  return findings.service ?? { problem: failed ? checkLines(failed).join("\n") : "no service was detected" };
}
