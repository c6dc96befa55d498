import { type RedisAddress, redisSettings, sharedName, toRedisAddress } from "@crosspod/redis";
import {
  type Environment,
  parseEnvironment,
  printable,
  type ServiceConfig,
  serviceSettings,
  toServiceConfig,
  wholeNumber,
} from "@crosspod/service";
import { z } from "zod";

export interface BroadcasterConfig extends ServiceConfig {
  /** Pods of the same name share one feed, when they share one Redis. */
  readonly feedName: string;
  /** Undefined: the feed is kept in the memory of this one process. */
  readonly redis: RedisAddress | undefined;
  /** `/api` asks for this bearer token; undefined: it asks for none. */
  readonly apiToken: string | undefined;
  /** Most ids that the feed holds; they bound the memory of a pod and the length of a snapshot. */
  readonly maxIds: number;
  /** Longest body of a `POST /api`, in bytes. */
  readonly maxBodyBytes: number;
  /** How long a client may leave its socket full before it is closed as a slow consumer. */
  readonly slowConsumerSeconds: number;
  /** How often a client is pinged. Proxies often cut what is silent for 60 s. */
  readonly pingSeconds: number;
  /** How often clients that asked for hello hear the feed's state. */
  readonly heartbeatSeconds: number;
}

const schema = z.object({
  ...serviceSettings({ port: 8888 }),
  ...redisSettings,
  FEED_NAME: sharedName("feed"),
  API_TOKEN: printable("a token", 256).min(8, "must be at least 8 characters").optional(),
  MAX_IDS: wholeNumber(1, 1_000_000).default(10_000),
  MAX_BODY_BYTES: wholeNumber(1_024, 64 * 1024 * 1024).default(1024 * 1024),
  SLOW_CONSUMER_SECONDS: wholeNumber(1, 3_600).default(15),
  PING_SECONDS: wholeNumber(1, 3_600).default(25),
  HEARTBEAT_SECONDS: wholeNumber(1, 3_600).default(10),
});

/** Reads the configuration from an environment. Pure; throws a `ConfigError` with one line for each mistake. */
export function parseConfig(environment: Environment): BroadcasterConfig {
  const settings = parseEnvironment(schema, environment);
  return {
    ...toServiceConfig(settings),
    redis: toRedisAddress(settings),
    feedName: settings.FEED_NAME,
    apiToken: settings.API_TOKEN,
    maxIds: settings.MAX_IDS,
    maxBodyBytes: settings.MAX_BODY_BYTES,
    slowConsumerSeconds: settings.SLOW_CONSUMER_SECONDS,
    pingSeconds: settings.PING_SECONDS,
    heartbeatSeconds: settings.HEARTBEAT_SECONDS,
  };
}
