import { RedisSubscriptions } from "@crosspod/redis";
import { afterAll, beforeAll } from "vitest";
import { channelName, parseAppend } from "../../apps/whiteboard/src/server/store/append-message.ts";
import type { BoardListener } from "../../apps/whiteboard/src/server/store/board-store.ts";
import { RedisBoardStore } from "../../apps/whiteboard/src/server/store/redis-board-store.ts";
import { LogLines } from "../helpers/log-lines.ts";
import { RedisCommands } from "../helpers/redis-commands.ts";
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
  const subscribe = (board: string, { batch, subscribed }: BoardListener): (() => void) => {
    const channel = channelName(`crosspod:${name}`, board);
    const hear = (message: Buffer): void => {
      const published = parseAppend(message);
      if (published) batch(published);
    };
    void subscriptions.subscribe(channel, hear, subscribed);
    return () => subscriptions.unsubscribe(channel);
  };
  const store = { commands: redis.client, subscribe, name, maxBoards: 1_000, ttlMs: 3_600_000 };
  return new RedisBoardStore({ ...store, ...options });
});
