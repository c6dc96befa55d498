const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/;

/** Reads `70s`, `5m` or `500ms` as milliseconds; a number alone counts seconds. Undefined when it is no duration. */
export function parseDuration(text: string): number | undefined {
  const [, number = "", unit = "s"] = DURATION.exec(text) ?? [];
  const milliseconds = Number(number) * (UNITS[unit] ?? 0);
  return milliseconds > 0 ? milliseconds : undefined;
}

/** Says milliseconds as a person reads them: `4 ms`, `1.2 s`, `90 s`, `5 min`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 10) return `${Number(milliseconds.toFixed(1))} ms`;
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 120_000) return `${Number((milliseconds / 1_000).toFixed(1))} s`;
  return `${Number((milliseconds / 60_000).toFixed(1))} min`;
}
