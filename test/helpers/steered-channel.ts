import type { FeedState } from "@crosspod/protocol";
import type { ChannelListener, Snapshot, Unsubscribe } from "../../apps/broadcaster/src/server/channel.ts";
import { MemoryChannel } from "../../apps/broadcaster/src/server/memory-channel.ts";

/** A channel of which a test decides when the pod has lost touch with it, and when its data set is another one. */
export class SteeredChannel extends MemoryChannel {
  #listener: ChannelListener | undefined;

  constructor() {
    super({ maxIds: 1_000 });
  }

  override subscribe(listener: ChannelListener): Promise<Unsubscribe> {
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
