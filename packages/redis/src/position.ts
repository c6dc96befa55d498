/** How far a log has come. Histories of one epoch that parted differ in the token of their newest batch. */
export interface Position {
  /** Names the data set. */
  readonly epoch: string;
  /** Of the newest entry; 0 when there was none. */
  readonly seq: number;
  /** Random, made by the append of the newest batch. */
  readonly token: string;
}

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
