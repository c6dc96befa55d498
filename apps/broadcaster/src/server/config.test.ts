import { ConfigError } from "@crosspod/service";
import { describe, expect, test } from "vitest";
import { parseConfig } from "./config.ts";

const mistakesOf = (environment: Record<string, string>): readonly string[] => {
  try {
    parseConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
};

describe("parseConfig", () => {
  test("[A2] needs nothing: the tutorial's port, and the admin port beside it", () => {
    expect(parseConfig({})).toMatchObject({ host: "0.0.0.0", port: 8888, adminPort: 8889 });
    expect(parseConfig({}).apiToken).toBeUndefined();
  });

  test("[A1] [A2] takes what is set; an empty variable counts as not set", () => {
    const config = parseConfig({
      PORT: "80",
      API_TOKEN: "",
      ALLOWED_ORIGINS: "https://a.example, http://b.example:81",
    });
    expect(config).toMatchObject({
      port: 80,
      adminPort: 81,
      allowedOrigins: ["https://a.example", "http://b.example:81"],
    });
    expect(config.apiToken).toBeUndefined();
    expect(parseConfig({ PORT: "80", ADMIN_PORT: "9000" }).adminPort).toBe(9000);
    expect(parseConfig({ PORT: "0" }).adminPort).toBe(0);
  });

  test("[A2] names every variable that is wrong, each in a line that says what it must be", () => {
    const mistakes = mistakesOf({ PORT: "http", DRAIN_SECONDS: "-1", LOG_LEVEL: "loud", API_TOKEN: "short" });
    expect(mistakes).toEqual([
      'PORT must be a whole number from 0 to 65535, but is "http"',
      "LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent",
      'DRAIN_SECONDS must be a whole number from 0 to 3600, but is "-1"',
      "API_TOKEN must be at least 8 characters",
    ]);
  });

  test.each([
    ["PORT", "65536"],
    ["PORT", "8e3"],
    ["PORT", " 80"],
    ["HOST", "a b"],
    ["ALLOWED_ORIGINS", "example.com"],
    ["ALLOWED_ORIGINS", "https://example.com/path"],
    ["MAX_IDS", "0"],
    ["POD_NAME", "a\nb"],
    ["API_TOKEN", "open sesame"],
    ["REDIS_URL", "localhost:6379"],
    ["REDIS_URL", "http://localhost"],
    ["REDIS_CLUSTER", "localhost"],
    ["FEED_NAME", "a b"],
  ])("[A2] refuses %s=%j", (name, value) => {
    expect(mistakesOf({ [name]: value })).toEqual([expect.stringContaining(`${name} `)]);
  });

  test("[A2] Redis is a server or a cluster", () => {
    const url = "rediss://user:secret@redis.example:6380/2";
    expect(parseConfig({ REDIS_URL: url }).redis).toEqual({ kind: "server", url });
    expect(parseConfig({ REDIS_CLUSTER: "a:7000, [::1]:7001" }).redis).toEqual({
      kind: "cluster",
      nodes: [
        { host: "a", port: 7000 },
        { host: "::1", port: 7001 },
      ],
    });
    expect(mistakesOf({ REDIS_URL: url, REDIS_CLUSTER: "a:7000" })).toEqual([
      "REDIS_CLUSTER and REDIS_URL exclude each other; set one of them",
    ]);
  });

  test("[A1] [A2] the admin port must be another one, and one that exists", () => {
    expect(mistakesOf({ PORT: "65535" })).toEqual(["ADMIN_PORT must be set, since PORT + 1 is above 65535"]);
    expect(mistakesOf({ PORT: "80", ADMIN_PORT: "80" })).toEqual([
      "ADMIN_PORT must be another port than PORT, which is 80",
    ]);
  });
});
