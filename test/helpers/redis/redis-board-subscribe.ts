import type { RedisSubscriptions } from "@crosspod/redis";
import { channelName, parsePublished } from "../../../apps/whiteboard/src/server/store/append-message.ts";
import type { BoardStore } from "../../../apps/whiteboard/src/server/store/board-store.ts";

/** Brings a store in Redis what the stores of its name publish. */
export const subscribeThrough =
  (subscriptions: RedisSubscriptions, name: string): BoardStore["subscribe"] =>
  (board, { batch, subscribed }) => {
    const channel = channelName(`crosspod:${name}`, board);
    const hear = (message: Buffer): void => {
      const published = parsePublished(message);
      if (published) batch(published);
    };
    subscriptions.subscribe(channel, hear, subscribed);
    return () => subscriptions.unsubscribe(channel);
  };
