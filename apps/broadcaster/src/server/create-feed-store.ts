import { READ_CAUSES, READ_CAUSES_HELP } from "@crosspod/redis";
import { Counter, type Log, type Registry, startAtZero } from "@crosspod/service";
import type { BroadcasterConfig } from "./config.ts";
import type { FeedStore } from "./feed-store.ts";
import { MemoryFeedStore } from "./memory-feed-store.ts";
import { RedisFeedStore } from "./redis-feed-store.ts";

/** Makes the store that the configuration asks for: shared through Redis, or in the memory of this process. */
export function createFeedStore(config: BroadcasterConfig, log: Log, metrics: Registry): FeedStore {
  const { redis, maxIds, feedName } = config;
  if (!redis) return new MemoryFeedStore({ maxIds });
  const logReads = new Counter({
    name: "crosspod_feed_log_reads_total",
    help: `Reads of the feed's log, by cause. ${READ_CAUSES_HELP}`,
    labelNames: ["cause"],
    registers: [metrics],
  });
  startAtZero(logReads, READ_CAUSES);
  return new RedisFeedStore({
    address: redis,
    name: feedName,
    maxIds,
    log,
    onRead: (cause) => logReads.inc({ cause }),
  });
}
