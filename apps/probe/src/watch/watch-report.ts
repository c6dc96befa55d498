import { formatDuration } from "../format/duration.ts";
import { pluralize } from "../format/pluralize.ts";
import { printable } from "../format/printable.ts";
import { describeTimes, quantile } from "../format/quantile.ts";

/** What the clients of a watch felt. */
export interface WatchReport {
  readonly clients: number;
  readonly pods: readonly string[];
  /** Updates or strokes that the service took. */
  readonly taken: number;
  /** Tries that it did not take: nothing is known of them, and nothing is missed. */
  readonly notTaken: number;
  /** Of all clients: what each got of what was taken. */
  readonly received: number;
  readonly reconnects: number;
  /** The longest time without news of each client, in milliseconds. */
  readonly silences: readonly number[];
  /** Of all clients: what was taken, and neither reached them nor was replaced by something newer. */
  readonly lost: number;
  readonly repeated: number;
  readonly outOfOrder: number;
  /** What was drawn and not acknowledged at the end. */
  readonly unacknowledged: number;
}

/** Whether something did not arrive, or may not have. */
export const hasLoss = ({ lost, unacknowledged }: WatchReport): boolean => lost + unacknowledged > 0;

const silencesOf = ({ silences }: WatchReport) => ({
  p50: quantile(silences, 0.5),
  p99: quantile(silences, 0.99),
  max: quantile(silences, 1),
});

/** How it goes, in one line. */
export function progressLine(report: WatchReport, milliseconds: number): string {
  const { pods, taken, notTaken, reconnects, repeated, outOfOrder } = report;
  const parts = [
    pluralize(pods.length, "pod"),
    `${taken} taken`,
    `${notTaken} not taken`,
    pluralize(reconnects, "reconnect"),
    `longest silence ${formatDuration(silencesOf(report).max)}`,
    `${repeated} repeated`,
    `${outOfOrder} out of order`,
  ];
  return `  ${formatDuration(Math.round(milliseconds / 100) * 100)}: ${parts.join(", ")}`;
}

/** What was felt, as lines of text. */
export function watchLines(report: WatchReport): string[] {
  const { silences, lost, unacknowledged } = report;
  const fields: readonly (readonly [string, string])[] = [
    [
      "clients",
      `${report.clients}, in the end on ${pluralize(report.pods.length, "pod")}: ${printable(report.pods.join(", ")) || "unnamed"}`,
    ],
    ["taken", `${report.taken}; not taken ${report.notTaken}; received ${report.received}`],
    ["reconnects", `${report.reconnects}`],
    ["silence", `longest of each client: ${describeTimes(silences)}, max ${formatDuration(quantile(silences, 1))}`],
    ["lost", `${lost}`],
    ["repeated", `${report.repeated}`],
    ["out of order", `${report.outOfOrder}`],
  ];
  const lines = fields.map(([name, text]) => `  ${name.padEnd(12)} ${text}`);
  if (unacknowledged > 0) lines.push(`  ${"waiting".padEnd(12)} ${unacknowledged} not acknowledged at the end`);
  return [...lines, hasLoss(report) ? "  ✗ something was lost" : "  ✓ nothing was lost"];
}

/** What `--json` says: silences as quantiles, in milliseconds. */
export interface WatchDocument extends Omit<WatchReport, "silences"> {
  readonly result: "pass" | "fail";
  readonly silenceMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

/** The same as a JSON document. */
export function jsonWatchReport(report: WatchReport): string {
  const { silences: _, ...rest } = report;
  const document: WatchDocument = { result: hasLoss(report) ? "fail" : "pass", ...rest, silenceMs: silencesOf(report) };
  return JSON.stringify(document, undefined, 2);
}
