import { redisSettings, sharedName, toRedisAddress } from "@crosspod/redis";
import {
  adminPortOf,
  type Environment,
  parseEnvironment,
  printable,
  serviceSettings,
  setting,
  wholeNumber,
} from "@crosspod/service";

/** All environment variables of the broadcaster. */
export const SETTINGS = {
  ...serviceSettings(8888, 15),
  ...redisSettings,
  FEED_NAME: sharedName("feed", "feed"),
  API_TOKEN: setting(printable("a token", 256, 8), undefined, "The bearer token that `/api` asks for."),
  MAX_IDS: setting(wholeNumber(1, 1_000_000), 10_000, "Most ids that the feed holds."),
  MAX_BODY_BYTES: setting(wholeNumber(1_024, 64 * 1024 * 1024, "bytes"), 1024 * 1024, "Longest body of `POST /api`."),
  PING_SECONDS: setting(wholeNumber(1, 3_600, "s"), 25, "How often a client is pinged; two without a pong cut it."),
  HEARTBEAT_SECONDS: setting(wholeNumber(1, 3_600, "s"), 10, "How often clients with hello hear the feed's state."),
};

export type BroadcasterConfig = ReturnType<typeof parseConfig>;

/** Reads the configuration from an environment. Pure; throws a `ConfigError` with one line for each mistake. */
export function parseConfig(environment: Environment) {
  const settings = parseEnvironment(SETTINGS, environment);
  return { ...settings, adminPort: adminPortOf(settings), redis: toRedisAddress(settings) };
}
