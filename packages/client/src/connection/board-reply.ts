import {
  BOARD_PROTOCOL,
  type BoardError,
  type Head,
  isRecord,
  type Joined,
  type JsonRecord,
  type People,
  type Person,
  type Reply,
} from "@crosspod/protocol";

export const UNREADABLE: BoardError = { code: "unavailable", detail: "the reply of the service cannot be read" };
const OUTDATED: BoardError = {
  code: "outdated",
  detail:
    "this page and the service have different versions; what you draw is kept, and sent once they agree: load the page anew if that lasts",
};

/**
 * Reads the reply to a join. A pod of another version says so, finds the join malformed, or answers its own way [W14].
 */
export function parseJoinReply(reply: unknown): Reply<Joined> {
  const error = parseRefusal(reply);
  if (error) return { error: error.code === "outdated" || error.code === "malformed" ? OUTDATED : error };
  if (!isRecord(reply) || !isRecord(reply.ok)) return { error: UNREADABLE };
  if (reply.ok.protocol !== BOARD_PROTOCOL) return { error: OUTDATED };
  const ok = parseJoined(reply.ok);
  return ok ? { ok } : { error: UNREADABLE };
}

/** Reads why what an event asked for was refused; undefined of a reply that does not say so. */
export const parseRefusal = (reply: unknown): BoardError | undefined =>
  isRecord(reply) ? parseError(reply.error) : undefined;

function parseJoined(value: JsonRecord): Joined | undefined {
  const head = parseHead(value);
  const { token, items, operations, clientSeqs, pod, version, headSeconds } = value;
  const wrong = typeof token !== "string" || typeof operations !== "string" || !isCountArray(clientSeqs);
  if (!head || wrong || typeof pod !== "string" || typeof version !== "string" || !isCount(headSeconds))
    return undefined;
  const known = { ...head, token, operations, clientSeqs, protocol: BOARD_PROTOCOL, pod, version, headSeconds };
  return typeof items === "string" ? { ...known, items } : known;
}

export const parseHead = (value: unknown): Head | undefined =>
  isRecord(value) && typeof value.epoch === "string" && isCount(value.seq)
    ? { epoch: value.epoch, seq: value.seq }
    : undefined;

/** Reads a pod's list of people; undefined when it is malformed. */
export function parsePeople(value: unknown): People | undefined {
  if (!isRecord(value) || typeof value.pod !== "string" || !Array.isArray(value.people)) return undefined;
  const people: readonly unknown[] = value.people;
  return { pod: value.pod, people: people.filter(isPerson).map(({ id, name }) => ({ id, name })) };
}

const isPerson = (value: unknown): value is Person =>
  isRecord(value) && typeof value.id === "string" && typeof value.name === "string";

export function parseError(value: unknown): BoardError | undefined {
  const isError = isRecord(value) && typeof value.code === "string" && typeof value.detail === "string";
  return isError ? (value as JsonRecord & BoardError) : undefined;
}

export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

const isCountArray = (value: unknown): value is number[] => Array.isArray(value) && value.every(isCount);
