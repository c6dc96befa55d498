import { redisSettings, sharedName, toRedisAddress } from "@crosspod/redis";
import {
  adminPortOf,
  type Environment,
  parseEnvironment,
  printable,
  serviceSettings,
  wholeNumber,
} from "@crosspod/service";
import { z } from "zod";

const schema = z.object({
  ...serviceSettings({ port: 8888 }),
  ...redisSettings,
  /** Pods of the same name share one feed, when they share one Redis. */
  FEED_NAME: sharedName("feed"),
  /** `/api` asks for this bearer token; where it is not set, for none. */
  API_TOKEN: printable("a token", 256).min(8, "must be at least 8 characters").optional(),
  /** Most ids that the feed holds; they bound the memory of a pod and the length of a snapshot. */
  MAX_IDS: wholeNumber(1, 1_000_000).default(10_000),
  /** Longest body of a `POST /api`, in bytes. */
  MAX_BODY_BYTES: wholeNumber(1_024, 64 * 1024 * 1024).default(1024 * 1024),
  /** How long a client may leave its socket full before it is closed as a slow consumer. */
  SLOW_CONSUMER_SECONDS: wholeNumber(1, 3_600).default(15),
  /** How often a client is pinged. Proxies often cut what is silent for 60 s. */
  PING_SECONDS: wholeNumber(1, 3_600).default(25),
  /** How often clients that asked for hello hear the feed's state. */
  HEARTBEAT_SECONDS: wholeNumber(1, 3_600).default(10),
});

export type BroadcasterConfig = ReturnType<typeof parseConfig>;

/** Reads the configuration from an environment. Pure; throws a `ConfigError` with one line for each mistake. */
export function parseConfig(environment: Environment) {
  const settings = parseEnvironment(schema, environment);
  return { ...settings, adminPort: adminPortOf(settings), redis: toRedisAddress(settings) };
}
