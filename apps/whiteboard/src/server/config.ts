import { redisSettings, sharedName, toRedisAddress } from "@crosspod/redis";
import { adminPortOf, type Environment, parseEnvironment, serviceSettings, wholeNumber } from "@crosspod/service";
import { z } from "zod";

const schema = z.object({
  ...serviceSettings({ port: 3000 }),
  ...redisSettings,
  /** Pods of the same name share their boards, when they share one Redis. */
  BOARDS_NAME: sharedName("boards"),
  /** How long a board is kept in Redis without use. */
  BOARD_TTL_SECONDS: wholeNumber(600, 315_360_000).default(30 * 24 * 3_600),
  /** Most boards that the store holds; they bound its memory. */
  MAX_BOARDS: wholeNumber(1, 1_000_000).default(1_000),
  /** How many messages a client may send in a second, over time; twice as many at once. */
  MAX_MESSAGES_PER_SECOND: wholeNumber(1, 100_000).default(100),
  /** How long a client may leave its socket full before it is closed as a slow consumer. */
  SLOW_CONSUMER_SECONDS: wholeNumber(1, 3_600).default(30),
  /** How often a client is pinged. Proxies often cut what is silent for 60 s. */
  PING_SECONDS: wholeNumber(1, 3_600).default(25),
  /** How often a board's head is announced while it has viewers: often enough that the store keeps the board. */
  HEAD_SECONDS: wholeNumber(1, 300).default(3),
});

export type WhiteboardConfig = ReturnType<typeof parseConfig>;

/** Reads the configuration from an environment. Pure; throws a `ConfigError` with one line for each mistake. */
export function parseConfig(environment: Environment) {
  const settings = parseEnvironment(schema, environment);
  return { ...settings, adminPort: adminPortOf(settings), redis: toRedisAddress(settings) };
}
