import type { IncomingMessage } from "node:http";
import { originRefusal } from "./origin.ts";
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
