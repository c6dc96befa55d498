import { ProbeRun } from "./probe-run.ts";

/** What one check of the probe found. */
export interface Found {
  readonly name: string;
  readonly result: "pass" | "fail" | "skip";
  readonly detail: string;
  readonly cause?: string;
  readonly fix?: string;
}

/** What `crosspod verify … --json` found of each target, and its exit code. */
export async function verify(...args: readonly string[]): Promise<{ exitCode: number; targets: Found[][] }> {
  const run = new ProbeRun("verify", ...args, "--json");
  const exitCode = await run.exited;
  const { targets } = run.json as { targets: { checks: Found[] }[] };
  return { exitCode, targets: targets.map(({ checks }) => checks) };
}

export const resultsOf = (checks: readonly Found[] = []) =>
  Object.fromEntries(checks.map(({ name, result }) => [name, result]));

export const failuresOf = (checks: readonly Found[] = []) => checks.filter(({ result }) => result === "fail");

export const detailOf = (checks: readonly Found[] = [], name: string) =>
  checks.find((check) => check.name === name)?.detail;
