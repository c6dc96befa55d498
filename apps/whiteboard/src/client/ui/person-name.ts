import { sanitizeName } from "@crosspod/client";
import { storedText, storeText } from "@crosspod/page";
import { newPersonName } from "./readable-name.ts";

const KEY = "crosspod-name";

/** The name that this person has in this browser; a new one the first time, or where the browser keeps nothing. */
export function personName(): string {
  const name = sanitizeName(storedText("localStorage", KEY) ?? "") || newPersonName();
  keepPersonName(name);
  return name;
}

/** Keeps a name for the next page, where the browser keeps anything. */
export const keepPersonName = (name: string): boolean => storeText("localStorage", KEY, name);
