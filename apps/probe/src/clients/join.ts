import { randomBytes } from "node:crypto";
import { BOARD_PROTOCOL, type JoinRequest } from "@crosspod/protocol";
import { textIn } from "./json.ts";

/** Asks for a board, as a client that has drawn nothing yet. */
export const joinRequest = (board: string): JoinRequest => ({
  protocol: BOARD_PROTOCOL,
  board,
  clients: [randomBytes(6).toString("base64url")],
  name: "crosspod probe",
});

/** The pod that answered a join; undefined when it was refused. */
export const podOfReply = (reply: unknown): string | undefined => textIn(reply, "ok", "pod");

/** The code of a refusal; undefined of anything else. */
export const codeOfReply = (reply: unknown): string | undefined => textIn(reply, "error", "code");
