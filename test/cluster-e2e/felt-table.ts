import type { WatchDocument } from "../../apps/probe/src/watch/watch-report.ts";
import { printTable } from "../helpers/table.ts";

/** What users felt while something happened. */
export interface FeltRow {
  readonly event: string;
  readonly service: string;
  readonly felt: WatchDocument;
}

const HEADER = [
  ...["event", "service", "clients", "taken", "not taken", "received", "reconnects"],
  ...["silence p50", "p99", "max", "lost", "repeated", "out of order"],
];

const milliseconds = (value: number): string => `${Math.round(value)} ms`;

/** Of what was taken: how much of it a client got, on average, one by one; the rest came as newer values. */
function receivedShare({ service, felt }: FeltRow): string {
  const readers = service === "whiteboard" ? felt.clients - 1 : felt.clients;
  return `${((100 * felt.received) / (felt.taken * readers)).toFixed(1)} %`;
}

const rowOf = (row: FeltRow): string[] => {
  const { event, service, felt } = row;
  const { p50, p99, max } = felt.silenceMs;
  const counts = [felt.lost + felt.unacknowledged, felt.repeated, felt.outOfOrder].map(String);
  const traffic = [`${felt.clients}`, `${felt.taken}`, `${felt.notTaken}`, receivedShare(row), `${felt.reconnects}`];
  return [event, service, ...traffic, ...[p50, p99, max].map(milliseconds), ...counts];
};

export const printFelt = (rows: readonly FeltRow[]): void => printTable([HEADER, ...rows.map(rowOf)]);
