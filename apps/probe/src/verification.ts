import { randomBytes } from "node:crypto";
import { BROADCASTER_CHECKS } from "./checks/broadcaster/broadcaster-checks.ts";
import { type CheckContext, type CheckResult, newFindings } from "./checks/check.ts";
import { type CheckRun, runChecks } from "./checks/check-run.ts";
import { detectService } from "./checks/detect-service.ts";
import { reachable } from "./checks/reachable.ts";
import { WHITEBOARD_CHECKS } from "./checks/whiteboard/whiteboard-checks.ts";
import { Target } from "./clients/target.ts";
import type { NamedTarget, VerifyCommand } from "./command-line.ts";
import type { Output } from "./output.ts";
import { checkLines, summaryLine, type TargetReport } from "./report.ts";
import type { Service } from "./service.ts";

/** Most connections that are made to one service; one check more would have to say more. */
export const MAX_CONNECTIONS = 400;

const CHECKS = { broadcaster: BROADCASTER_CHECKS, whiteboard: WHITEBOARD_CHECKS } as const;

/** What a verification leaves behind, or removes. */
const TRACES: Readonly<Record<Service, string>> = {
  broadcaster: "at most 150 updates of the ids 8, 5, 1, 3 and crosspod-probe, which the feed keeps",
  whiteboard: "at most 100 strokes, on a board of its own and one on the default board, which are removed",
};

/** Checks one service, from its page to its pods. Rejects when it is ended before. */
export async function verify(
  { service, url }: NamedTarget,
  { host, token, timeoutMs, idleMs }: VerifyCommand,
  output: Output,
  signal: AbortSignal,
): Promise<TargetReport> {
  const target = new Target(url, { host, token, maxConnections: MAX_CONNECTIONS });
  const board = `probe-${randomBytes(4).toString("hex")}`;
  const findings = newFindings(service);
  const cleanUps: (() => Promise<void>)[] = [];
  const atEnd: CheckContext["atEnd"] = (cleanUp) => cleanUps.push(cleanUp);
  const start = performance.now();
  output.line(`${target.url}${host === undefined ? "" : ` at ${url.host}`}`);
  const run: CheckRun = {
    context: { target, findings, board, idleMs, atEnd },
    timeoutMs,
    signal,
    onStart: (name) => output.progress(`  · ${name} …`),
    onResult: (result) => {
      for (const line of checkLines(result)) output.line(line);
    },
  };
  const checks: CheckResult[] = [];
  try {
    checks.push(...(await runChecks([reachable, detectService], run)));
    if (findings.service) {
      output.line(`    at most ${MAX_CONNECTIONS} connections, 30 at a time; ${TRACES[findings.service]}`);
      checks.push(...(await runChecks(CHECKS[findings.service], run)));
    }
  } finally {
    await Promise.all(cleanUps.map((cleanUp) => cleanUp()));
  }
  const report = {
    url: target.url.href,
    service: findings.service,
    checks,
    connections: target.connections,
    milliseconds: Math.round(performance.now() - start),
  };
  output.line(summaryLine(report));
  return report;
}
