/** How high a value is: red above 500, yellow above 200, as in the original example; none of what is no number. */
export type Level = "normal" | "high" | "critical" | "none";

const HIGH_ABOVE = 200;
const CRITICAL_ABOVE = 500;

/** The number that a value's text stands for; NaN when it stands for none. */
export const numberOf = (value: string): number => (value.trim() === "" ? Number.NaN : Number(value));

export function levelOf(value: string): Level {
  const number = numberOf(value);
  if (Number.isNaN(number)) return "none";
  if (number > CRITICAL_ABOVE) return "critical";
  return number > HIGH_ABOVE ? "high" : "normal";
}
