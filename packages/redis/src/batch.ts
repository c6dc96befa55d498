import type { Position } from "@crosspod/protocol";

/** What one append published, and where the log is after it. Without entries it says only where the log is. */
export interface Batch extends Position {
  /** The token of the batch before it. */
  readonly previous: string;
  /** Of its first entry; `seq + 1` when it has none. */
  readonly firstSeq: number;
}

/** What a store answers to "what comes after this": the rest, or all of it where the log does not lead there. */
export type Reading<B extends Batch, S extends Position> = ({ readonly rest: B } | { readonly whole: S }) & {
  /** Seq and token of recent batches that the answer covers, oldest first: their messages, when late, need no read. */
  readonly tokens?: Iterable<readonly [seq: number, token: string]>;
};
