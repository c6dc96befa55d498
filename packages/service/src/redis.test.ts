import { describe, expect, test } from "vitest";
import { LogLines } from "../../../test/helpers/log-lines.ts";
import { RedisServer } from "../../../test/helpers/redis-server.ts";
import { connectRedis } from "./redis.ts";

describe("a connection for commands", () => {
  test.each([
    { policy: "noeviction", warnings: [] },
    { policy: "allkeys-lru", warnings: [{ level: "warn", policy: "allkeys-lru" }] },
  ])("[A1] warns of a Redis that throws keys away, and of no other: $policy", async ({ policy, warnings }) => {
    await using redis = await RedisServer.start(["--maxmemory-policy", policy]);
    const { log, lines } = new LogLines();
    const client = connectRedis({ kind: "server", url: redis.url }, log);
    await expect.poll(() => lines.some(({ msg }) => msg === "redis connection is ready")).toBe(true);
    // It asks after it is ready; commands are answered in order.
    await client.ping();
    expect(lines.filter(({ level }) => level === "warn")).toMatchObject(warnings);
    client.disconnect();
  });
});
