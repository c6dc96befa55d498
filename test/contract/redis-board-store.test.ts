import { RedisSubscriptions } from "@crosspod/redis";
import { afterAll, beforeAll } from "vitest";
import { RedisBoardStore } from "../../apps/whiteboard/src/server/store/redis-board-store.ts";
import { subscribeThrough } from "../helpers/redis/redis-board-subscribe.ts";
import { RedisCommands } from "../helpers/redis/redis-commands.ts";
import { LogLines } from "../helpers/service/log-lines.ts";
import { describeBoardStore } from "./board-store.contract.ts";

let redis: RedisCommands;
let subscriptions: RedisSubscriptions;
let stores = 0;

beforeAll(async () => {
  redis = await RedisCommands.start();
  subscriptions = new RedisSubscriptions({ kind: "server", url: redis.url }, new LogLines().log);
});

afterAll(async () => {
  subscriptions.close();
  await redis[Symbol.asyncDispose]();
});

describeBoardStore("a store in Redis", async (options) => {
  stores += 1;
  const name = `test-${stores}`;
  const subscribe = subscribeThrough(subscriptions, name);
  const store = { commands: redis.client, subscribe, name, maxBoards: 1_000, ttlMs: 3_600_000 };
  return new RedisBoardStore({ ...store, ...options });
});
