import type { IncomingMessage } from "node:http";
import { type HttpProblem, httpProblem } from "./problem.ts";

/** When there are too many clients: how soon one more may try again, in seconds. */
const RETRY_AFTER_SECONDS = 5;

/** Why a handshake must be refused: its origin [A5], or too many clients [A6]; undefined when it may go on. */
export function handshakeRefusal(
  request: IncomingMessage,
  clients: number,
  limits: { readonly maxConnections: number; readonly allowedOrigins: readonly string[] },
): HttpProblem | undefined {
  if (clients < limits.maxConnections) return originRefusal(request, limits.allowedOrigins);
  const detail = `this pod serves ${limits.maxConnections} clients, which is its limit`;
  return httpProblem("too-many-connections", detail, { "Retry-After": `${RETRY_AFTER_SECONDS}` });
}

/**
 * Why a request must be refused because of the page that sent it [A5]; undefined when it may go on. Only browsers send
 * `Origin` (RFC 6454). An empty list allows every origin; a page of this very host is always allowed.
 */
export function originRefusal(request: IncomingMessage, allowed: readonly string[]): HttpProblem | undefined {
  const { origin, host } = request.headers;
  if (allowed.length === 0 || origin === undefined || allowed.includes(origin)) return undefined;
  if (URL.canParse(origin) && new URL(origin).host === host) return undefined;
  const detail = `pages from ${origin} are not served here; ALLOWED_ORIGINS lists those that are`;
  return httpProblem("origin-not-allowed", detail);
}
