import { isRecord } from "@crosspod/protocol";

/** Reads JSON; undefined of what is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is inside of a JSON value under these keys; undefined when there is no such thing. */
export const valueIn = (json: unknown, ...keys: readonly (string | number)[]): unknown =>
  keys.reduce((outer, key) => (isRecord(outer) ? outer[key] : undefined), json);

/** The same where it is a text. */
export function textIn(json: unknown, ...keys: readonly (string | number)[]): string | undefined {
  const value = valueIn(json, ...keys);
  return typeof value === "string" ? value : undefined;
}
