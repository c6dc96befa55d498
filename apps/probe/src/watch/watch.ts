import { randomBytes } from "node:crypto";
import { newFindings } from "../checks/check.ts";
import { runChecks } from "../checks/check-run.ts";
import { detectService } from "../checks/detect-service.ts";
import { reachable } from "../checks/reachable.ts";
import { EventClient } from "../clients/event-client.ts";
import { Target } from "../clients/target.ts";
import type { WatchCommand } from "../command-line.ts";
import { formatDuration } from "../format/duration.ts";
import { pluralize } from "../format/pluralize.ts";
import { besideDocument, type Output } from "../output.ts";
import { checkLines } from "../report.ts";
import type { Service } from "../service.ts";
import { Deadline } from "../timing/deadline.ts";
import { pause, WaitError } from "../timing/wait.ts";
import { BoardFleet } from "./board-fleet.ts";
import { FeedFleet } from "./feed-fleet.ts";
import type { Fleet, FleetOptions } from "./fleet.ts";
import { OriginalFleet } from "./original-fleet.ts";
import { hasLoss, jsonWatchReport, progressLine, watchLines } from "./watch-report.ts";

/** How often progress is written to a log, and to a terminal. */
const LOG_LINE_MS = 10_000;
const TERMINAL_LINE_MS = 500;

/** How long each check may take that finds out which service this is. */
const DETECT_WAIT_MS = 10_000;

/** How long a first client may take to connect, which asks what the server speaks. */
const CONNECT_WAIT_MS = 2_000;

/** Keeps clients and traffic on a service, and says what they felt: 1 for loss. Rejects when ended before it began. */
export async function runWatch(command: WatchCommand, output: Output, signal: AbortSignal): Promise<0 | 1> {
  const lines = command.isJson ? besideDocument(output) : output;
  const { host, token, clients, rate, forMs } = command;
  const target = new Target(command.target.url, { host, token });
  const service = command.target.service ?? (await findService(target, output, signal));
  if (!service) return 1;
  await using fleet = await fleetOf(service, { target, clients, rate, signal });
  lines.line(
    `${target.url}: ${pluralize(clients, "client")} of the ${service}, ${fleet.traffic}, for ${formatDuration(forMs)}`,
  );
  try {
    await fleet.open();
  } catch (error) {
    if (signal.aborted || !(error instanceof WaitError)) throw error;
    output.error(`not all clients could connect: ${error.message}`);
    return 1;
  }
  lines.line(`  connected to ${pluralize(fleet.report().pods.length, "pod")}`);
  fleet.start();
  await reportProgress(fleet, forMs, lines, signal);
  await fleet.finish();
  const report = fleet.report();
  for (const line of watchLines(report)) lines.line(line);
  if (command.isJson) output.line(jsonWatchReport(report));
  return hasLoss(report) ? 1 : 0;
}

/** Finds out which service this is; undefined, and said why, when that cannot be known. */
async function findService(target: Target, output: Output, signal: AbortSignal): Promise<Service | undefined> {
  const findings = newFindings();
  const context = { target, findings, board: "", idleMs: undefined, atEnd: () => {} };
  const results = await runChecks([reachable, detectService], { context, timeoutMs: DETECT_WAIT_MS, signal });
  const failed = results.find(({ result }) => result === "fail");
  if (failed) output.error(checkLines(failed).join("\n"));
  return findings.service;
}

/** The clients that the service understands. */
async function fleetOf(service: Service, options: FleetOptions): Promise<Fleet> {
  if (service === "broadcaster") return new FeedFleet(options);
  const board = `probe-${randomBytes(4).toString("hex")}`;
  return (await answersJoins(options, board)) ? new BoardFleet(options, board) : new OriginalFleet(options);
}

/** Whether the server keeps boards; one that cannot be asked now is taken for crosspod's. */
async function answersJoins({ target, signal }: FleetOptions, board: string): Promise<boolean> {
  try {
    using deadline = new Deadline(CONNECT_WAIT_MS, signal);
    using client = await EventClient.open(target, deadline.signal);
    return (await client.join(board)) !== undefined;
  } catch {
    return true;
  }
}

/** Writes how it goes, until the time is over or the signal fires. */
async function reportProgress(fleet: Fleet, forMs: number, output: Output, signal: AbortSignal): Promise<void> {
  const start = performance.now();
  const every = output.isTerminal ? TERMINAL_LINE_MS : LOG_LINE_MS;
  for (;;) {
    const left = forMs - (performance.now() - start);
    if (left <= 0 || signal.aborted) return;
    await pause(Math.min(every, left), signal);
    const line = progressLine(fleet.report(), performance.now() - start);
    if (output.isTerminal) output.progress(line);
    else output.line(line);
  }
}
