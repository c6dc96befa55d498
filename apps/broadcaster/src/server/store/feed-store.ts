import type { AppendedUpdate, FeedState, Update } from "@crosspod/protocol";

/** The newest value of every id, in the order of their revisions. */
export interface Snapshot {
  /** Names the data set; a new one has a new epoch, and its revisions start again. */
  readonly epoch: string;
  /** The newest revision; 0 when nothing was ever published. */
  readonly revision: number;
  readonly updates: readonly AppendedUpdate[];
}

/** What a subscriber hears, in the order in which it happened. */
export interface FeedListener {
  /** The data set: at first, and again when it has become another one. */
  reset(snapshot: Snapshot): void;
  /** Updates in the order of their revisions. One that is left out was overtaken by a newer one of its id. */
  updates(updates: readonly AppendedUpdate[]): void;
  /** Whether the subscription can be trusted: at first, and again when that changes. */
  state(state: FeedState): void;
}

/**
 * Puts updates in one order, keeps the newest of each id, and publishes them to all subscribers. What passes the
 * contract suite of this interface can stand behind the feed, for one process or for several.
 */
export interface FeedStore {
  /**
   * Orders, stores and publishes all of the updates or none. Resolves with the revision of the last one [B4].
   * Rejects with a {@link FeedStoreError}.
   */
  append(updates: readonly Update[]): Promise<number>;
  /** Resolves when the listener has heard the data set and the state; it hears everything until {@link close}. */
  subscribe(listener: FeedListener): Promise<void>;
  /** Ends all subscriptions and lets go of what the store holds. */
  close(): Promise<void>;
}

/** Why a store did not append. */
export type FeedStoreErrorCode =
  /** The updates would make more ids than the store may hold. */
  | "too-many-ids"
  /** The store cannot be reached; nothing is known to be appended. */
  | "unavailable";

/** For what would make more ids than the feed may hold [B3]. */
export const tooManyIds = (limit: number): FeedStoreError =>
  new FeedStoreError("too-many-ids", `the feed would hold more than ${limit} ids`, limit);

export class FeedStoreError extends Error {
  override readonly name = "FeedStoreError";

  constructor(
    readonly code: FeedStoreErrorCode,
    message: string,
    /** The limit that was passed, if it is one. */
    readonly limit?: number,
  ) {
    super(message);
  }
}
