import type { CheckResult } from "./checks/check.ts";
import { pluralize } from "./format/pluralize.ts";
import { printable } from "./format/printable.ts";
import type { Service } from "./service.ts";

/** What was found of one service. */
export interface TargetReport {
  readonly url: string;
  readonly service: Service | undefined;
  readonly checks: readonly CheckResult[];
  /** That the probe made. */
  readonly connections: number;
  readonly milliseconds: number;
}

const MARKS = { pass: "✓", fail: "✗", skip: "–" } as const;

const NAME_WIDTH = 12;

/** One check as lines of text: a failure says its cause and the fix, too. */
export function checkLines(result: CheckResult): string[] {
  const line = `  ${MARKS[result.result]} ${result.name.padEnd(NAME_WIDTH)} ${printable(result.detail)}`;
  if (result.result !== "fail") return [line];
  return [line, `      cause: ${printable(result.cause)}`, `      fix:   ${result.fix}`];
}

/** How many checks held, as one line. */
export function summaryLine({ checks, connections, milliseconds }: TargetReport): string {
  const count = (result: CheckResult["result"]): number => checks.filter((check) => check.result === result).length;
  const parts = [pluralize(count("pass"), "check").replace(/(checks?)$/, count("pass") === 1 ? "$1 holds" : "$1 hold")];
  if (count("fail") > 0) parts.push(`${count("fail")} ${count("fail") === 1 ? "fails" : "fail"}`);
  if (count("skip") > 0) parts.push(`${count("skip")} skipped`);
  return `  ${parts.join(", ")}; ${pluralize(connections, "connection")}, ${(milliseconds / 1_000).toFixed(1)} s`;
}

/** Whether nothing failed. */
export const holds = (reports: readonly TargetReport[]): boolean =>
  reports.every(({ checks }) => checks.every(({ result }) => result !== "fail"));

/** All reports as one JSON document. */
export const jsonReport = (reports: readonly TargetReport[]): string =>
  JSON.stringify({ result: holds(reports) ? "pass" : "fail", targets: reports }, undefined, 2);
