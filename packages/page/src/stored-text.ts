/** Where the browser keeps texts: for this site, or for this tab. Asking for it throws where it is not allowed. */
type Area = "localStorage" | "sessionStorage";

/** What the browser keeps for this site under a key; undefined also where it keeps nothing. */
export function storedText(area: Area, key: string): string | undefined {
  try {
    return globalThis[area].getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Has the browser keep a text; returns whether it does. */
export function storeText(area: Area, key: string, text: string): boolean {
  try {
    globalThis[area].setItem(key, text);
    return true;
  } catch {
    return false;
  }
}
