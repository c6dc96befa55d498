import {
  BOARD_PROTOCOL,
  type BoardError,
  type Head,
  isRecord,
  type Joined,
  type JsonRecord,
  type Reply,
} from "@crosspod/protocol";

export const UNREADABLE: BoardError = { code: "unavailable", detail: "the reply of the service cannot be read" };
const OUTDATED: BoardError = {
  code: "outdated",
  detail: "this page and the service have different versions; what you draw is kept, and sent once they agree",
};

/** Reads the reply to an event; one that is none counts as an error that will pass. */
export function parseReply<T>(reply: unknown, parse: (ok: unknown) => T | undefined): Reply<T> {
  if (!isRecord(reply)) return { error: UNREADABLE };
  const error = parseError(reply.error);
  if (error) return { error };
  const ok = parse(reply.ok);
  return ok === undefined ? { error: UNREADABLE } : { ok };
}

/** Reads the reply to a join. A pod of another version says so, finds the join malformed, or answers its own way [W14]. */
export function parseJoinReply(reply: unknown): Reply<Joined> {
  const read = parseReply(reply, (ok) => (isRecord(ok) ? ok : undefined));
  if ("error" in read) {
    const { code } = read.error;
    return code === "outdated" || code === "malformed" ? { error: OUTDATED } : read;
  }
  if (read.ok.protocol !== BOARD_PROTOCOL) return { error: OUTDATED };
  const ok = parseJoined(read.ok);
  return ok ? { ok } : { error: UNREADABLE };
}

function parseJoined(value: JsonRecord): Joined | undefined {
  const head = parseHead(value);
  const { token, items, operations, clientSeqs, pod, version, headSeconds } = value;
  const wrong = typeof token !== "string" || typeof operations !== "string" || !isCountArray(clientSeqs);
  if (!head || wrong || typeof pod !== "string" || typeof version !== "string" || !isCount(headSeconds))
    return undefined;
  const known = { ...head, token, operations, clientSeqs, protocol: BOARD_PROTOCOL, pod, version, headSeconds };
  return typeof items === "string" ? { ...known, items } : known;
}

/** Reads the name that the service took. */
export const parseRenamed = (ok: unknown): { name: string } | undefined =>
  isRecord(ok) && typeof ok.name === "string" ? { name: ok.name } : undefined;

/** Reads how far a board has come. */
export const parseHead = (value: unknown): Head | undefined =>
  isRecord(value) && typeof value.epoch === "string" && isCount(value.seq)
    ? { epoch: value.epoch, seq: value.seq }
    : undefined;

/** Reads why something was not taken. */
export function parseError(value: unknown): BoardError | undefined {
  const isError = isRecord(value) && typeof value.code === "string" && typeof value.detail === "string";
  return isError ? (value as JsonRecord & BoardError) : undefined;
}

export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

const isCountArray = (value: unknown): value is number[] => Array.isArray(value) && value.every(isCount);
