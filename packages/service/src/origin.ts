import type { IncomingMessage } from "node:http";

/**
 * Whether a request may come from the page that sent it: a browser says where its page is from in `Origin` (RFC 6454), other clients
 * say nothing. An empty list allows every origin; a page of this very host is always allowed.
 */
export function isAllowedOrigin(request: IncomingMessage, allowed: readonly string[]): boolean {
  const { origin, host } = request.headers;
  if (allowed.length === 0 || origin === undefined) return true;
  return allowed.includes(origin) || (URL.canParse(origin) && new URL(origin).host === host);
}
