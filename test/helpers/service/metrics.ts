/** A service's `/metrics`, as text. */
export async function readMetrics(adminUrl: string): Promise<string> {
  const response = await fetch(new URL("metrics", adminUrl));
  return await response.text();
}

/**
 * The value of one metric of a service, by its name and labels as they stand in the text; 0 when it is not there yet.
 */
export async function readMetric(adminUrl: string, name: string): Promise<number> {
  const text = await readMetrics(adminUrl);
  const line = text.split("\n").find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1) ?? 0);
}

/** The names that one can ask Prometheus for, by the text of a service's `/metrics`: a histogram has three. */
export function metricNamesIn(text: string): string[] {
  return [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = "", type]) =>
    type === "histogram" ? ["_bucket", "_sum", "_count"].map((part) => name + part) : [name],
  );
}
