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
  /** Most boards that the store holds; they bound the memory of a store in the process. */
  readonly maxBoards: number;
  /** How many messages a client may send in a second, over time; twice as many at once. */
  readonly maxMessagesPerSecond: number;
  /** How long a client may leave its socket full before it is closed as a slow reader. */
  readonly slowReaderSeconds: number;
  /** How often a client is pinged. Proxies often cut what is silent for 60 s. */
  readonly pingSeconds: number;
  /** How often a board's head is announced while it has viewers. */
  readonly headSeconds: number;
}

const schema = z.object({
  ...serviceSettings({ port: 3000 }),
  MAX_BOARDS: wholeNumber(1, 1_000_000).default(1_000),
  MAX_MESSAGES_PER_SECOND: wholeNumber(1, 100_000).default(100),
  SLOW_READER_SECONDS: wholeNumber(1, 3_600).default(30),
  PING_SECONDS: wholeNumber(1, 3_600).default(25),
  HEAD_SECONDS: wholeNumber(1, 3_600).default(3),
  REDIS_URL: z.never("is reserved: this version keeps the boards in the memory of one process; unset it").optional(),
});

/** Reads the configuration from an environment. Pure; throws a `ConfigError` with one line for each mistake. */
export function parseConfig(environment: Environment): WhiteboardConfig {
  const settings = parseEnvironment(schema, environment);
  return {
    ...toServiceConfig(settings),
    maxBoards: settings.MAX_BOARDS,
    maxMessagesPerSecond: settings.MAX_MESSAGES_PER_SECOND,
    slowReaderSeconds: settings.SLOW_READER_SECONDS,
    pingSeconds: settings.PING_SECONDS,
    headSeconds: settings.HEAD_SECONDS,
  };
}
