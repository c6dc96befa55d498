import { formatDuration } from "./duration.ts";

/** The value below or at which a share (0 to 1) of the values lie, by the nearest rank; 0 of no values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? 0;
}

/** Milliseconds as a person reads their middle and their worst: `p50 4 ms, p99 1.2 s`. */
export const describeTimes = (times: readonly number[]): string =>
  `p50 ${formatDuration(quantile(times, 0.5))}, p99 ${formatDuration(quantile(times, 0.99))}`;
