import { pino } from "pino";
import { afterAll, beforeAll } from "vitest";
import { RedisChannel } from "../../apps/broadcaster/src/server/redis-channel.ts";
import { RedisServer } from "../helpers/redis-server.ts";
import { describeChannel } from "./channel.contract.ts";

let redis: RedisServer;
let channels = 0;

beforeAll(async () => {
  redis = await RedisServer.start();
});

afterAll(async () => {
  await redis[Symbol.asyncDispose]();
});

describeChannel("RedisChannel", async ({ maxIds }) => {
  channels += 1;
  const channel = new RedisChannel({
    address: { kind: "server", url: redis.url },
    name: `test-${channels}`,
    maxIds,
    log: pino({ level: "silent" }),
    resynced: () => {},
  });
  // It resolves once the store is reached.
  const unsubscribe = await channel.subscribe({ reset: () => {}, updates: () => {}, state: () => {} });
  unsubscribe();
  return channel;
});
