/** Many clients of one service, and what they live through. */
export interface Fleet {
  /** Performance time of each time that a client connected, or tried to. */
  readonly connects: number[];
  /** Resolves when each of them shows what the service holds. */
  untilLive(): Promise<void>;
  /** For each of them the longest time without anything new since this was called before, in milliseconds. */
  takeSilences(): number[];
}

/** Does something to the service until all is well again, and says what the fleet felt of it. */
export async function felt(fleet: Fleet, what: string, act: () => Promise<void>): Promise<string> {
  fleet.takeSilences();
  fleet.connects.length = 0;
  await act();
  await fleet.untilLive();
  return `${what}: ${describeSilences(fleet.takeSilences())}; ${describeConnects(fleet.connects)}`;
}

export const describeConnects = (connects: readonly number[]): string =>
  `${connects.length} connects, at most ${peakConnects(connects)} in 100 ms`;

/** The most of them within 100 ms. */
const peakConnects = (connects: readonly number[]): number =>
  Math.max(0, ...connects.map((start) => connects.filter((at) => at >= start && at < start + 100).length));

function describeSilences(silences: readonly number[]): string {
  const sorted = [...silences].sort((a, b) => a - b);
  const share = (part: number): string => `${Math.round(sorted[Math.ceil(part * sorted.length) - 1] ?? 0)} ms`;
  return `silence p50 ${share(0.5)}, p99 ${share(0.99)}, max ${share(1)}`;
}
