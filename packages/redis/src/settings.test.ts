import { ConfigError, parseEnvironment } from "@crosspod/service";
import { describe, expect, test } from "vitest";
import { redisSettings, toRedisAddress } from "./settings.ts";

const addressOf = (environment: Record<string, string>) => toRedisAddress(parseEnvironment(redisSettings, environment));

describe("the address of Redis", () => {
  test.each(["redis://localhost", "redis://:secret@redis.example:6380/2", "rediss://user:secret@[::1]:6379"])(
    "[A2] takes %s",
    (url) => {
      expect(addressOf({ REDIS_URL: url })).toEqual({ kind: "server", url });
    },
  );

  test.each(["localhost", "http://localhost", "redis://", "redis://localhost/a"])("[A2] refuses %s", (url) => {
    expect(() => addressOf({ REDIS_URL: url })).toThrow(ConfigError);
  });

  test("[A2] is undefined when nothing is set", () => {
    expect(addressOf({})).toBeUndefined();
  });
});
