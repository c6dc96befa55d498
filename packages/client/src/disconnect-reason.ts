import { isRecord } from "./board-reply.ts";
import type { DisconnectReason } from "./board-transport.ts";

/** engine.io's code in the body of a reply to a long poll of a session that the server does not have. */
const SESSION_UNKNOWN = 1;

/** Why a connection over socket.io was lost, by what the library says: of long polling, the request that failed. */
export function disconnectReason(details: unknown): DisconnectReason {
  const request = isRecord(details) ? details.context : undefined;
  const body = isRecord(request) ? request.responseText : undefined;
  return typeof body === "string" && codeOf(body) === SESSION_UNKNOWN ? "scattered" : "other";
}

function codeOf(body: string): unknown {
  try {
    const reply: unknown = JSON.parse(body);
    return isRecord(reply) ? reply.code : undefined;
  } catch {
    // Whoever answered is not engine.io.
    return undefined;
  }
}
