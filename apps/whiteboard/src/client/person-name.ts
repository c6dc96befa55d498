import { MAX_NAME_LENGTH } from "@crosspod/protocol";
import { newPersonName } from "./readable-name.ts";

const KEY = "crosspod-name";

/** The name that this person has in this browser; a new one the first time, or where the browser keeps nothing. */
export function storedPersonName(): string {
  try {
    const stored = cleanPersonName(localStorage.getItem(KEY) ?? "");
    if (stored) return stored;
  } catch {
    // Without storage the name lives as long as the page.
  }
  const name = newPersonName();
  storePersonName(name);
  return name;
}

/** Keeps a name for the next page, where the browser keeps anything. */
export function storePersonName(name: string): void {
  try {
    localStorage.setItem(KEY, name);
  } catch {
    // As above.
  }
}

/** Without white space at its ends or twice in a row, and not too long; empty when nothing is left. */
export const cleanPersonName = (text: string): string =>
  text
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .slice(0, MAX_NAME_LENGTH)
    .trim();
