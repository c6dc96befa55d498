import { redisSettings, sharedName, toRedisAddress } from "@crosspod/redis";
import {
  adminPortOf,
  type Environment,
  parseEnvironment,
  serviceSettings,
  setting,
  wholeNumber,
} from "@crosspod/service";

/** All environment variables of the whiteboard. */
export const SETTINGS = {
  ...serviceSettings({ port: 3000, slowConsumerSeconds: 30 }),
  ...redisSettings,
  BOARDS_NAME: sharedName("boards", "boards"),
  BOARD_TTL_SECONDS: setting(
    wholeNumber(600, 315_360_000, "s"),
    30 * 24 * 3_600,
    "How long Redis keeps a board that nobody uses. One on which nothing was ever drawn is kept for 10 minutes.",
  ),
  MAX_BOARDS: setting(
    wholeNumber(1, 1_000_000),
    1_000,
    "Most boards that are kept, by all pods together; they bound the store's memory.",
  ),
  MAX_MESSAGES_PER_SECOND: setting(
    wholeNumber(1, 100_000),
    100,
    "Messages that a client may send in a second, over time; twice as many at once.",
  ),
  PING_SECONDS: setting(
    wholeNumber(1, 3_600, "s"),
    25,
    "How often a client is pinged; one that leaves a ping unanswered for 20 s is cut. Proxies often cut what is silent for 60 s.",
  ),
  HEAD_SECONDS: setting(
    wholeNumber(1, 300, "s"),
    3,
    "How often a board's newest sequence number is announced while somebody looks at it, which also keeps the board.",
  ),
};

export type WhiteboardConfig = ReturnType<typeof parseConfig>;

/** Reads the configuration from an environment. Pure; throws a `ConfigError` with one line for each mistake. */
export function parseConfig(environment: Environment) {
  const settings = parseEnvironment(SETTINGS, environment);
  return { ...settings, adminPort: adminPortOf(settings), redis: toRedisAddress(settings) };
}
