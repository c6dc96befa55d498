const KEY = "crosspod-token";

/** The bearer token of this tab, until it is closed; undefined where the browser allows no storage. */
export function storedToken(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

export function storeToken(token: string): void {
  try {
    sessionStorage.setItem(KEY, token);
  } catch {
    // Without storage the token lives in its field, until the page is left.
  }
}

/** Whether a text can be sent as a token at all: visible ASCII (RFC 6750). */
export const isToken = (text: string): boolean => /^[\x21-\x7e]+$/.test(text);
