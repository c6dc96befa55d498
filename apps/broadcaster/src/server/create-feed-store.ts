import { READ_CAUSES, READ_CAUSES_HELP } from "@crosspod/redis";
import { type Log, metricsIn, type Registry } from "@crosspod/service";
import type { BroadcasterConfig } from "./config.ts";
import type { FeedStore } from "./store/feed-store.ts";
import { MemoryFeedStore } from "./store/memory-feed-store.ts";
import { RedisFeedStore } from "./store/redis-feed-store.ts";

/** Makes the store that the configuration asks for: shared through Redis, or in the memory of this process. */
export function createFeedStore(config: BroadcasterConfig, log: Log, metrics: Registry): FeedStore {
  const { redis, maxIds, feedName } = config;
  if (!redis) return new MemoryFeedStore({ maxIds });
  const { counterBy } = metricsIn(metrics);
  const help = `Reads of the feed's log, by cause. ${READ_CAUSES_HELP}`;
  const logReads = counterBy("cause", "crosspod_feed_log_reads_total", help, READ_CAUSES);
  return new RedisFeedStore({
    address: redis,
    name: feedName,
    maxIds,
    log,
    onRead(cause) {
      logReads.inc({ cause });
      if (cause === "fork" || cause === "new-epoch") log.warn({ feed: feedName, cause }, "the store went another way");
    },
  });
}
