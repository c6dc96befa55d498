import { afterAll, beforeAll } from "vitest";
import { RedisBoardStore } from "../../apps/whiteboard/src/server/redis-board-store.ts";
import { RedisCommands } from "../helpers/redis-commands.ts";
import { describeBoardStore } from "./board-store.contract.ts";

let redis: RedisCommands;
let stores = 0;

beforeAll(async () => {
  redis = await RedisCommands.start();
});

afterAll(() => redis[Symbol.asyncDispose]());

describeBoardStore("a store in Redis", async (options) => {
  stores += 1;
  const name = `test-${stores}`;
  return new RedisBoardStore({ commands: redis.client, name, maxBoards: 1_000, ttlMs: 3_600_000, ...options });
});
