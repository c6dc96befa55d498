import type { AppendedUpdate, Position } from "@crosspod/protocol";
import { type Batch, pairs } from "@crosspod/redis";

type WithUpdates<P extends Position> = P & { readonly updates: readonly AppendedUpdate[] };
/** What one append published. */
export type UpdateBatch = WithUpdates<Batch>;
/** The newest value of every id. */
export type Whole = WithUpdates<Position>;

/** Reads `u EPOCH FIRST AT PREVIOUS TOKEN JSON`, or `m EPOCH REVISION TOKEN MARKER`: a batch without updates. */
export function parseMessage(message: Buffer): { readonly batch: UpdateBatch; readonly marker?: string } {
  const end = message.indexOf("[");
  // Of a text of its own: a token is kept, and would keep the text of the whole message.
  const [kind, epoch = "", number, ...rest] = message.toString("utf8", 0, end < 0 ? message.length : end).split(" ");
  if (kind === "m") {
    const [token = "", marker = ""] = rest;
    const seq = Number(number);
    return { batch: { epoch, seq, token, previous: token, firstSeq: seq + 1, updates: [] }, marker };
  }
  const [at, previous = "", token = ""] = rest;
  const firstSeq = Number(number);
  const values = pairs(JSON.parse(message.toString("utf8", end)));
  const updates = values.map(([id, value], index) => ({ id, value, revision: firstSeq + index, at: Number(at) }));
  return { batch: { epoch, seq: firstSeq + updates.length - 1, token, previous, firstSeq, updates } };
}

/** Reads the hash of ids and `REVISION AT VALUE`. */
export function parseValues(values: readonly string[]): AppendedUpdate[] {
  const updates = pairs(values).map(([id, stored]) => {
    const [revision, at, ...value] = stored.split(" ");
    return { id, value: value.join(" "), revision: Number(revision), at: Number(at) };
  });
  return updates.sort((a, b) => a.revision - b.revision);
}
