import { randomUUID } from "node:crypto";
import type { AppendedUpdate, Update } from "@crosspod/protocol";
import { type FeedListener, type FeedStore, tooManyIds } from "./feed-store.ts";
import { LatestValues } from "./latest-values.ts";

/** A store in the memory of one process, for when none is shared. Its epoch is new at each start. */
export class MemoryFeedStore implements FeedStore {
  readonly #epoch = randomUUID();
  readonly #latest = new LatestValues<AppendedUpdate>();
  readonly #listeners = new Set<FeedListener>();
  readonly #maxIds: number;
  #revision = 0;

  constructor(options: { readonly maxIds: number }) {
    this.#maxIds = options.maxIds;
  }

  async append(updates: readonly Update[]): Promise<number> {
    this.#refuseTooManyIds(updates);
    const at = Date.now();
    const appended = updates.map(({ id, value }) => ({ id, value, revision: ++this.#revision, at }));
    for (const update of appended) this.#latest.set(update);
    for (const listener of this.#listeners) listener.updates(appended);
    return this.#revision;
  }

  async subscribe(listener: FeedListener): Promise<void> {
    listener.reset({ epoch: this.#epoch, revision: this.#revision, updates: [...this.#latest.after(0)] });
    listener.state("live");
    this.#listeners.add(listener);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
  }

  #refuseTooManyIds(updates: readonly Update[]): void {
    const fresh = new Set(updates.map(({ id }) => id).filter((id) => !this.#latest.has(id)));
    if (this.#latest.size + fresh.size <= this.#maxIds) return;
    throw tooManyIds(this.#maxIds);
  }
}
