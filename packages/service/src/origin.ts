import type { IncomingMessage } from "node:http";
import { HttpProblem } from "./problem.ts";

/**
 * Refuses a request from a page that may not send it, with 403 [A5]. A browser says where its page is from in `Origin` (RFC 6454), other clients say nothing. An empty list
 * allows every origin; a page of this very host is always allowed. Throws an {@link HttpProblem}.
 */
export function requireAllowedOrigin(request: IncomingMessage, allowed: readonly string[]): void {
  const { origin, host } = request.headers;
  if (allowed.length === 0 || origin === undefined || allowed.includes(origin)) return;
  if (URL.canParse(origin) && new URL(origin).host === host) return;
  const detail = `pages from ${origin} are not served here; ALLOWED_ORIGINS lists those that are`;
  throw new HttpProblem(403, "origin-not-allowed", "Origin not allowed", detail);
}
