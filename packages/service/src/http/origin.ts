import type { IncomingMessage } from "node:http";
import { type HttpProblem, httpProblem } from "./problem.ts";

/**
 * Why a request must be refused because of the page that sent it [A5]; undefined when it may go on. Only browsers send
 * `Origin` (RFC 6454). An empty list allows every origin; a page of this very host is always allowed.
 */
export function originRefusal(request: IncomingMessage, allowed: readonly string[]): HttpProblem | undefined {
  const { origin, host } = request.headers;
  if (allowed.length === 0 || origin === undefined || allowed.includes(origin)) return undefined;
  if (URL.canParse(origin) && new URL(origin).host === host) return undefined;
  return httpProblem(
    "origin-not-allowed",
    `pages from ${origin} are not served here; ALLOWED_ORIGINS lists those that are`,
  );
}
