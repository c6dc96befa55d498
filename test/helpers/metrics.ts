/** The value of one metric of a service, by its name and labels as they stand in the text; 0 when it is not there yet. */
export async function readMetric(adminUrl: string, name: string): Promise<number> {
  const response = await fetch(new URL("metrics", adminUrl));
  const text = await response.text();
  const line = text.split("\n").find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1) ?? 0);
}
