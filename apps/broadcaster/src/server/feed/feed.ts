import { encodeFeedMessage, FEED_PROTOCOL, type FeedState, type Hello } from "@crosspod/protocol";
import type { FeedStore } from "../store/feed-store.ts";
import { textFrame } from "./frame.ts";
import type { Hub } from "./hub.ts";
import { IdleHeartbeat } from "./idle-heartbeat.ts";

/** How this pod introduces itself in a hello [B7]. */
export type FeedIdentity = Pick<Hello, "pod" | "version" | "heartbeatSeconds">;

/**
 * Connects a store to a hub: what the store appends goes to the subscribers, and those that asked hear the feed's state
 * at each change and every `heartbeatSeconds` [B8].
 */
export class Feed {
  readonly #hub: Hub;
  readonly #identity: FeedIdentity;
  readonly #stateChanged: (state: FeedState) => void;
  /** Updates that came fast have stopped: that is a pause, and not a dead pod. */
  readonly #idleHeartbeat = new IdleHeartbeat(() => this.#broadcastState());
  #state: FeedState = "stale";
  #heartbeat: NodeJS.Timeout | undefined;

  /** @param stateChanged is called at each change; the state is `stale` at first. */
  constructor(hub: Hub, identity: FeedIdentity, stateChanged: (state: FeedState) => void) {
    this.#hub = hub;
    this.#identity = identity;
    this.#stateChanged = stateChanged;
  }

  get state(): FeedState {
    return this.#state;
  }

  /** Resolves when the hub holds what the store holds. */
  async open(store: FeedStore): Promise<void> {
    await store.subscribe({
      reset: (snapshot) => this.#hub.reset(snapshot),
      updates: (updates) => {
        this.#hub.publish(updates);
        this.#idleHeartbeat.noteActivity();
      },
      state: (state) => this.#setState(state),
    });
    this.#heartbeat = setInterval(() => this.#broadcastState(), this.#identity.heartbeatSeconds * 1_000);
  }

  close(): void {
    clearInterval(this.#heartbeat);
    this.#idleHeartbeat.close();
  }

  /** The frame of a hello, as of now. */
  helloFrame(): Buffer {
    const { epoch, revision } = this.#hub;
    const position = { epoch, revision, state: this.#state };
    return textFrame(encodeFeedMessage({ type: "hello", protocol: FEED_PROTOCOL, ...this.#identity, ...position }));
  }

  /** The frame of a state message, as of now. */
  stateFrame(): Buffer {
    const { revision } = this.#hub;
    return textFrame(encodeFeedMessage({ type: "state", state: this.#state, revision }));
  }

  #setState(state: FeedState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#stateChanged(state);
    this.#broadcastState();
  }

  #broadcastState(): void {
    this.#hub.broadcast(this.stateFrame());
  }
}
