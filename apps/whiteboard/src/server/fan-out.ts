import type { Server } from "socket.io";
import { Adapter } from "socket.io-adapter";

/** What socket.io's server takes to bring its messages to other pods. */
export type RoomAdapter = Parameters<Server["adapter"]>[0];

/**
 * Brings what one pod says to the others. Any message can be lost, and two can overtake each other: who listens finds that out by the sequence numbers, and asks the store.
 */
export interface FanOut {
  /** Brings what is sent to a room to its clients on other pods. */
  readonly adapter: RoomAdapter;
  /** Begins. Calls `changed` when messages are proven to arrive here, and when they no longer do. */
  open(changed: (delivers: boolean) => void): void;
  /** Resolves when the rooms that were entered on this pod so far are heard of from other pods, or that takes too long. */
  entered(): Promise<void>;
  /** Says something to the pods that listen to a topic, but not to this one. */
  tell(topic: string, text: string): void;
  /** Calls `listener` with what other pods say on a topic, until the function that comes back is called. */
  listen(topic: string, listener: (text: string) => void): () => void;
  close(): Promise<void>;
}

/** Of a pod that is alone. */
export class LocalFanOut implements FanOut {
  readonly adapter: RoomAdapter = Adapter;

  open(changed: (delivers: boolean) => void): void {
    changed(true);
  }

  async entered(): Promise<void> {}

  tell(): void {}

  listen(): () => void {
    return () => {};
  }

  async close(): Promise<void> {}
}
