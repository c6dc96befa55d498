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
  ...serviceSettings(3000, 30),
  ...redisSettings,
  BOARDS_NAME: sharedName("boards", "boards"),
  BOARD_TTL_SECONDS: setting(wholeNumber(600, 315_360_000, "s"), 30 * 24 * 3_600, "How long an unused board is kept."),
  MAX_BOARDS: setting(wholeNumber(1, 1_000_000), 1_000, "Most boards that are kept, by all pods together."),
  MAX_MESSAGES_PER_SECOND: setting(wholeNumber(1, 100_000), 100, "Messages that a client may send in a second."),
  PING_SECONDS: setting(wholeNumber(1, 3_600, "s"), 25, "How often a client is pinged; 20 s without a pong cut it."),
  HEAD_SECONDS: setting(wholeNumber(1, 300, "s"), 3, "How often an open board's newest number is announced."),
};

export type WhiteboardConfig = ReturnType<typeof parseConfig>;

/** Reads the configuration from an environment. Pure; throws a `ConfigError` with one line for each mistake. */
export function parseConfig(environment: Environment) {
  const settings = parseEnvironment(SETTINGS, environment);
  return { ...settings, adminPort: adminPortOf(settings), redis: toRedisAddress(settings) };
}
