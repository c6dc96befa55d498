/** How high a value is: red above 500, yellow above 200, as in the original example; none of what is no number. */
export type Level = "normal" | "high" | "critical" | "none";

const HIGH_ABOVE = 200;
const CRITICAL_ABOVE = 500;

/** The number that a value's text stands for; undefined when it stands for none. */
export function numberOf(value: string): number | undefined {
  const number = Number(value);
  return value.trim() === "" || Number.isNaN(number) ? undefined : number;
}

export function levelOf(value: string): Level {
  const number = numberOf(value);
  if (number === undefined) return "none";
  if (number > CRITICAL_ABOVE) return "critical";
  return number > HIGH_ABOVE ? "high" : "normal";
}
