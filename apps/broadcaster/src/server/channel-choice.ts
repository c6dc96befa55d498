import { READ_CAUSES } from "@crosspod/redis";
import { Counter, type Log, type Registry, startAtZero } from "@crosspod/service";
import type { Channel } from "./channel.ts";
import type { BroadcasterConfig } from "./config.ts";
import { MemoryChannel } from "./memory-channel.ts";
import { RedisChannel } from "./redis-channel.ts";

/** The channel that the configuration asks for: shared through Redis where there is one, in the memory of this process where not. */
export function createChannel(config: BroadcasterConfig, log: Log, metrics: Registry): Channel {
  const { redis, maxIds, feedName } = config;
  if (!redis) return new MemoryChannel({ maxIds });
  const resyncs = new Counter({
    name: "crosspod_feed_resyncs_total",
    help: "Times that this pod read the snapshot again because it had missed updates, by cause",
    labelNames: ["cause"],
    registers: [metrics],
  });
  startAtZero(resyncs, READ_CAUSES);
  return new RedisChannel({ address: redis, name: feedName, maxIds, log, onRead: (cause) => resyncs.inc({ cause }) });
}
