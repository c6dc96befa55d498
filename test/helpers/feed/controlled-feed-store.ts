import type { FeedState } from "@crosspod/protocol";
import type { FeedListener, Snapshot } from "../../../apps/broadcaster/src/server/store/feed-store.ts";
import { MemoryFeedStore } from "../../../apps/broadcaster/src/server/store/memory-feed-store.ts";

/** A store of which a test decides when the pod has lost touch with it, and when its data set is another one. */
export class ControlledFeedStore extends MemoryFeedStore {
  #listener: FeedListener | undefined;

  constructor() {
    super({ maxIds: 1_000 });
  }

  override subscribe(listener: FeedListener): Promise<void> {
    this.#listener = listener;
    return super.subscribe(listener);
  }

  setState(state: FeedState): void {
    this.#listener?.state(state);
  }

  reset(snapshot: Snapshot): void {
    this.#listener?.reset(snapshot);
  }
}
