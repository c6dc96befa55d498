import type { CommittedUpdate, FeedState } from "@crosspod/protocol";
import type { ChannelListener, Snapshot } from "./channel.ts";

export const RESYNC_CAUSES = ["start", "gap", "lost-last", "new-epoch"] as const;

/** Why a follower read the snapshot again. */
export type ResyncCause = (typeof RESYNC_CAUSES)[number];

/** Updates as one publish sent them: consecutive revisions of one epoch. */
export interface PublishedBatch {
  readonly epoch: string;
  readonly updates: readonly CommittedUpdate[];
}

/** Most updates that wait for a snapshot to be read; beyond it they are dropped, and the snapshot is read once more. */
const MAX_WAITING_UPDATES = 10_000;

/**
 * Turns what arrives by publish and subscribe, of which any part can be lost, into what a {@link ChannelListener} is promised: every update once, in order. It
 * knows from the revisions what is missing, and then reads the snapshot.
 */
export class ChannelFollower {
  readonly #listener: ChannelListener;
  readonly #readSnapshot: () => Promise<Snapshot>;
  readonly #resynced: (cause: ResyncCause) => void;
  #epoch: string | undefined;
  #revision = 0;
  #reading: Promise<void> | undefined;
  #waiting: PublishedBatch[] = [];
  #waitingUpdates = 0;

  /** @param readSnapshot rejects while the store is away; the next message or marker asks again. */
  constructor(
    listener: ChannelListener,
    readSnapshot: () => Promise<Snapshot>,
    resynced: (cause: ResyncCause) => void,
  ) {
    this.#listener = listener;
    this.#readSnapshot = readSnapshot;
    this.#resynced = resynced;
  }

  /** The epoch that the listener was told last; empty before the first. */
  get epoch(): string {
    return this.#epoch ?? "";
  }

  /** The newest revision that the listener was told of. */
  get revision(): number {
    return this.#revision;
  }

  /** Tells the listener the state, which it is to hear after its data set only. */
  state(state: FeedState): void {
    if (this.#epoch !== undefined) this.#listener.state(state);
  }

  /** Takes a batch as it arrives. */
  receive(batch: PublishedBatch): void {
    if (this.#reading) return this.#wait(batch);
    const cause = this.#take(batch);
    if (cause) void this.resync(cause).catch(() => {});
  }

  /** Takes word of the newest revision: if it is not here, the message that brought it was lost. */
  receiveHead(epoch: string, revision: number): void {
    if (this.#reading) return;
    if (epoch !== this.#epoch) void this.resync("new-epoch").catch(() => {});
    else if (revision > this.#revision) void this.resync("lost-last").catch(() => {});
  }

  /** Reads the snapshot and tells the listener what it has not heard of; one at a time. Rejects when the store is away. */
  resync(cause: ResyncCause): Promise<void> {
    this.#reading ??= this.#resync(cause).finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #resync(cause: ResyncCause): Promise<void> {
    for (let next: ResyncCause | undefined = cause; next; ) {
      this.#waiting = [];
      this.#waitingUpdates = 0;
      this.#adopt(await this.#readSnapshot());
      this.#resynced(next);
      next = this.#takeWaiting();
    }
  }

  #adopt(snapshot: Snapshot): void {
    if (snapshot.epoch !== this.#epoch) {
      this.#epoch = snapshot.epoch;
      this.#revision = snapshot.revision;
      this.#listener.reset(snapshot);
      return;
    }
    const missed = snapshot.updates.filter(({ revision }) => revision > this.#revision);
    this.#revision = Math.max(this.#revision, snapshot.revision);
    if (missed.length > 0) this.#listener.updates(missed);
  }

  #wait(batch: PublishedBatch): void {
    this.#waitingUpdates += batch.updates.length;
    if (this.#waitingUpdates <= MAX_WAITING_UPDATES) this.#waiting.push(batch);
  }

  #takeWaiting(): ResyncCause | undefined {
    if (this.#waitingUpdates > MAX_WAITING_UPDATES) return "gap";
    for (const batch of this.#waiting) {
      const cause = this.#take(batch);
      if (cause) return cause;
    }
    return undefined;
  }

  /** Tells the listener what is new in a batch, unless something before it is missing: then says why the snapshot is needed. */
  #take({ epoch, updates }: PublishedBatch): ResyncCause | undefined {
    const first = updates[0]?.revision ?? 0;
    const last = updates.at(-1)?.revision ?? 0;
    if (epoch !== this.#epoch) return "new-epoch";
    if (last <= this.#revision) return undefined;
    if (first > this.#revision + 1) return "gap";
    const fresh = updates.filter(({ revision }) => revision > this.#revision);
    this.#revision = last;
    this.#listener.updates(fresh);
    return undefined;
  }
}
