/** An object of JSON, or an array; nothing is said of what it has. */
export type JsonRecord = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is JsonRecord => typeof value === "object" && value !== null;

/** Reads a text as a record; undefined when it is anything else. */
export function parseRecord(text: string): JsonRecord | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isRecord(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
