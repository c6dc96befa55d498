import { sanitizeName } from "@crosspod/client";
import { newPersonName } from "./readable-name.ts";

const KEY = "crosspod-name";

/** The name that this person has in this browser; a new one the first time, or where the browser keeps nothing. */
export function storedPersonName(): string {
  try {
    const stored = sanitizeName(localStorage.getItem(KEY) ?? "");
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
