/** Asking the browser for its storage throws where it is not allowed. */
type OpenStorage = () => Pick<Storage, "getItem" | "setItem">;

/** What the browser keeps for this site under a key; undefined also where it keeps nothing. */
export function storedText(open: OpenStorage, key: string): string | undefined {
  try {
    return open().getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Has the browser keep a text; returns whether it does. */
export function storeText(open: OpenStorage, key: string, text: string): boolean {
  try {
    open().setItem(key, text);
    return true;
  } catch {
    return false;
  }
}
