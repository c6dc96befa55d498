import { parseCommandLine, type VerifyCommand } from "./command-line.ts";
import { besideDocument, type Output } from "./output.ts";
import { holds, jsonReport, type TargetReport } from "./report.ts";
import { verify } from "./verification.ts";
import { runWatch } from "./watch/watch.ts";

/** 0: all hold; 1: something fails, or something was lost; 2: wrong use; 130: it was ended before, as by Ctrl-C. */
export type ExitCode = 0 | 1 | 2 | 130;

/** Does what the command `crosspod` was asked to do. The signal ends it at once, after a short cleanup. */
export async function runProbe(args: readonly string[], output: Output, signal: AbortSignal): Promise<ExitCode> {
  const command = parseCommandLine(args, output);
  if (command.command === "none") return command.exitCode;
  try {
    return command.command === "verify"
      ? await verifyAll(command, output, signal)
      : await runWatch(command, output, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    output.error("ended before it was done");
    return 130;
  }
}

async function verifyAll(command: VerifyCommand, output: Output, signal: AbortSignal): Promise<ExitCode> {
  const reports: TargetReport[] = [];
  for (const target of command.targets) {
    reports.push(await verify(target, command, command.isJson ? besideDocument(output) : output, signal));
  }
  if (command.isJson) output.line(jsonReport(reports));
  return holds(reports) ? 0 : 1;
}
