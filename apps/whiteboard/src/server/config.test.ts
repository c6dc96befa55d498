import { ConfigError } from "@crosspod/service";
import { describe, expect, test } from "vitest";
import { parseConfig } from "./config.ts";

describe("the configuration", () => {
  test("[A2] has a default for everything", () => {
    expect(parseConfig({})).toMatchObject({
      port: 3000,
      adminPort: 3001,
      maxBoards: 1_000,
      maxMessagesPerSecond: 100,
      slowConsumerSeconds: 30,
      pingSeconds: 25,
      headSeconds: 3,
      redis: undefined,
      boardsName: "boards",
      boardTtlSeconds: 2_592_000,
    });
  });

  test("[A2] has a line for each variable that is wrong, at once", () => {
    const environment = {
      MAX_BOARDS: "0",
      MAX_MESSAGES_PER_SECOND: "many",
      SLOW_CONSUMER_SECONDS: "-1",
      PING_SECONDS: "1.5",
      HEAD_SECONDS: " 3",
      REDIS_URL: "localhost:6379",
      BOARDS_NAME: "no spaces",
      BOARD_TTL_SECONDS: "0",
    };
    const parse = () => parseConfig(environment);
    expect(parse).toThrow(ConfigError);
    for (const name of Object.keys(environment)) expect(parse).toThrow(new RegExp(`^${name} `, "m"));
  });
});
