import { describe, expect, test } from "vitest";
import { RedisServer } from "../../../test/helpers/redis/redis-server.ts";
import { LogLines } from "../../../test/helpers/service/log-lines.ts";
import { connectRedis, describeRedisError } from "./connection.ts";

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

  test("[A1] stays away from a Redis that does not have the database, rather than use another one", async () => {
    await using redis = await RedisServer.start();
    const { log, lines } = new LogLines();
    const client = connectRedis({ kind: "server", url: `${redis.url}/99` }, log);
    await expect
      .poll(() => lines.map(({ err }) => err))
      .toContainEqual(expect.stringContaining("DB index is out of range"));
    await expect(client.set("key", "value")).rejects.toThrow();
    client.disconnect();
  });

  test("[B3] what people are told says what Redis said, and not by which script", async () => {
    await using redis = await RedisServer.start();
    const client = connectRedis({ kind: "server", url: redis.url }, new LogLines().log);
    await expect.poll(() => client.status).toBe("ready");
    const error = await client.eval("return redis.call('NONSENSE')", 0).catch((reason: unknown) => reason);
    expect(describeRedisError(error)).toMatch(/^the store refuses: .*Unknown Redis command/);
    expect(describeRedisError(error)).not.toContain("script:");
    expect(describeRedisError(new Error("Command timed out"))).toBe("the store does not answer: Command timed out");
    client.disconnect();
  });
});
