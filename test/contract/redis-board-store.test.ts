import { connectRedis, type RedisClient } from "@crosspod/service";
import { pino } from "pino";
import { afterAll, beforeAll } from "vitest";
import { RedisBoardStore } from "../../apps/whiteboard/src/server/redis-board-store.ts";
import { RedisServer } from "../helpers/redis-server.ts";
import { describeBoardStore } from "./board-store.contract.ts";

let redis: RedisServer;
let commands: RedisClient;
let stores = 0;

beforeAll(async () => {
  redis = await RedisServer.start();
  commands = connectRedis({ kind: "server", url: redis.url }, pino({ level: "silent" }));
  await new Promise((resolve) => commands.once("ready", resolve));
});

afterAll(async () => {
  commands.disconnect();
  await redis[Symbol.asyncDispose]();
});

describeBoardStore("a store in Redis", async (options) => {
  stores += 1;
  return new RedisBoardStore({ commands, name: `test-${stores}`, maxBoards: 1_000, ttlMs: 3_600_000, ...options });
});
