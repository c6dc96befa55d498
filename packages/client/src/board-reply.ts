import type { BoardError, Head, History, Joined, Reply } from "@crosspod/protocol";

const UNREADABLE: BoardError = { code: "unavailable", detail: "the reply of the service cannot be read" };

/** Reads the reply to an event; one that is none counts as an error that will pass. */
export function parseReply<T>(reply: unknown, parse: (ok: unknown) => T | undefined): Reply<T> {
  if (!isRecord(reply)) return { error: UNREADABLE };
  if (isBoardError(reply.error)) return { error: reply.error };
  const ok = parse(reply.ok);
  return ok === undefined ? { error: UNREADABLE } : { ok };
}

/** Reads the newest number of a client that is committed. */
export const parseAcknowledged = (ok: unknown): { n: number } | undefined =>
  isRecord(ok) && isCount(ok.n) ? { n: ok.n } : undefined;

/** Reads the name that the service took. */
export const parseRenamed = (ok: unknown): { name: string } | undefined =>
  isRecord(ok) && typeof ok.name === "string" ? { name: ok.name } : undefined;

/** Reads how far a board has come. */
export const parseHead = (value: unknown): Head | undefined =>
  isRecord(value) && typeof value.epoch === "string" && isCount(value.seq)
    ? { epoch: value.epoch, seq: value.seq }
    : undefined;

export function parseHistory(value: unknown): History | undefined {
  const head = parseHead(value);
  if (!head || !isRecord(value)) return undefined;
  const { operations, items } = value;
  return {
    ...head,
    ...(typeof operations === "string" && { operations }),
    ...(typeof items === "string" && { items }),
  };
}

export function parseJoined(value: unknown): Joined | undefined {
  const history = parseHistory(value);
  if (!history || !isRecord(value)) return undefined;
  const { pod, version, n, headSeconds } = value;
  if (typeof pod !== "string" || typeof version !== "string" || !isCount(n) || !isCount(headSeconds)) return undefined;
  return { ...history, pod, version, n, headSeconds };
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

const isBoardError = (value: unknown): value is BoardError =>
  isRecord(value) && typeof value.code === "string" && typeof value.detail === "string";
