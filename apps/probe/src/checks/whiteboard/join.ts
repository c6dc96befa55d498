import { randomBytes } from "node:crypto";
import type { JoinRequest } from "@crosspod/protocol";

/** Asks for a board, as a client that has drawn nothing yet. */
export const joinRequest = (board: string): JoinRequest => ({
  board,
  client: randomBytes(6).toString("base64url"),
  name: "crosspod probe",
});

/** The pod that answered a join; undefined when it was refused. */
export function podOfReply(reply: unknown): string | undefined {
  const { ok } = isRecord(reply) ? reply : {};
  const { pod } = isRecord(ok) ? ok : {};
  return typeof pod === "string" ? pod : undefined;
}

/** The code of a refusal; undefined of anything else. */
export function codeOfReply(reply: unknown): string | undefined {
  const { error } = isRecord(reply) ? reply : {};
  const { code } = isRecord(error) ? error : {};
  return typeof code === "string" ? code : undefined;
}

const isRecord = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === "object" && json !== null;
