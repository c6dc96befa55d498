import { type RedisAddress, redisSettings, sharedName, toRedisAddress } from "@crosspod/redis";
import {
  type Environment,
  parseEnvironment,
  type ServiceConfig,
  serviceSettings,
  toServiceConfig,
  wholeNumber,
} from "@crosspod/service";
import { z } from "zod";

export interface WhiteboardConfig extends ServiceConfig {
  /** Pods of the same name share their boards, when they share one Redis. */
  readonly boardsName: string;
  /** Undefined: the boards are kept in the memory of this one process. */
  readonly redis: RedisAddress | undefined;
  /** How long a board is kept in Redis without use. */
  readonly boardTtlSeconds: number;
  /** Most boards that the store holds; they bound its memory. */
  readonly maxBoards: number;
  /** How many messages a client may send in a second, over time; twice as many at once. */
  readonly maxMessagesPerSecond: number;
  /** How long a client may leave its socket full before it is closed as a slow consumer. */
  readonly slowConsumerSeconds: number;
  /** How often a client is pinged. Proxies often cut what is silent for 60 s. */
  readonly pingSeconds: number;
  /** How often a board's head is announced while it has viewers. */
  readonly headSeconds: number;
}

const schema = z.object({
  ...serviceSettings({ port: 3000 }),
  ...redisSettings,
  MAX_BOARDS: wholeNumber(1, 1_000_000).default(1_000),
  MAX_MESSAGES_PER_SECOND: wholeNumber(1, 100_000).default(100),
  SLOW_CONSUMER_SECONDS: wholeNumber(1, 3_600).default(30),
  PING_SECONDS: wholeNumber(1, 3_600).default(25),
  HEAD_SECONDS: wholeNumber(1, 3_600).default(3),
  BOARDS_NAME: sharedName("boards"),
  BOARD_TTL_SECONDS: wholeNumber(60, 315_360_000).default(30 * 24 * 3_600),
});

/** Reads the configuration from an environment. Pure; throws a `ConfigError` with one line for each mistake. */
export function parseConfig(environment: Environment): WhiteboardConfig {
  const settings = parseEnvironment(schema, environment);
  return {
    ...toServiceConfig(settings),
    redis: toRedisAddress(settings),
    boardsName: settings.BOARDS_NAME,
    boardTtlSeconds: settings.BOARD_TTL_SECONDS,
    maxBoards: settings.MAX_BOARDS,
    maxMessagesPerSecond: settings.MAX_MESSAGES_PER_SECOND,
    slowConsumerSeconds: settings.SLOW_CONSUMER_SECONDS,
    pingSeconds: settings.PING_SECONDS,
    headSeconds: settings.HEAD_SECONDS,
  };
}
