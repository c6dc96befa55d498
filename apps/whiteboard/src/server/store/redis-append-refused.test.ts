import { itemId } from "@crosspod/protocol";
import { connectRedis, type RedisClient } from "@crosspod/redis";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { append, put } from "../../../../../test/helpers/board/strokes.ts";
import { submission } from "../../../../../test/helpers/board/submission.ts";
import { RedisCommands } from "../../../../../test/helpers/redis/redis-commands.ts";
import { RedisServer } from "../../../../../test/helpers/redis/redis-server.ts";
import { RedisBoardStore } from "./redis-board-store.ts";

const ANNA = "anna-000";
const KEYS = ["meta", "items", "points", "log", "clients", "recent"];
const log = pino({ level: "silent" });

let redis: RedisCommands;
let commands: RedisClient;
let name: string;
let names = 0;

beforeAll(async () => {
  redis = await RedisCommands.start();
  commands = redis.client;
});

afterAll(() => redis[Symbol.asyncDispose]());

const makeStore = (client = commands): RedisBoardStore =>
  new RedisBoardStore({ commands: client, subscribe: () => () => {}, name, maxBoards: 100, ttlMs: 3_600_000 });

const keyOf = (key: string): string => `crosspod:${name}:{one}:${key}`;
const draw = (store: RedisBoardStore, clientSeq: number) => {
  const [first, second] = [put(itemId(ANNA, clientSeq)), append(itemId(ANNA, clientSeq))];
  return store.append("one", [
    submission(ANNA, clientSeq, first, second),
    submission("bert-000", 1, { type: "clear" }),
  ]);
};
/** All that is stored of the board, byte by byte. */
const stored = (client = commands) => Promise.all(KEYS.map((key) => client.dumpBuffer(keyOf(key))));

beforeEach(async () => {
  names += 1;
  name = `test-${names}`;
  await makeStore().append("one", [submission(ANNA, 1, put(itemId(ANNA, 1)), put(itemId(ANNA, 2)))]);
});

/** A connection, until what is done with it has ended. */
async function withConnection(url: string, use: (client: RedisClient) => Promise<void>): Promise<void> {
  const client = connectRedis({ kind: "server", url }, log);
  try {
    await new Promise((resolve) => client.once("ready", resolve));
    await use(client);
  } finally {
    client.disconnect();
  }
}

describe("an append that Redis refuses changes nothing at all", () => {
  test("[W6] to a user who may not publish", async () => {
    await commands.call("ACL", "SETUSER", "mute", "on", ">secret", "~*", "+@all", "resetchannels");
    const before = await stored();
    await withConnection(redis.url.replace("//", "//mute:secret@"), async (client) => {
      await expect(draw(makeStore(client), 3)).rejects.toMatchObject({ code: "unavailable" });
      expect(await stored()).toEqual(before);
      const fresh = makeStore(client).append("two", [submission(ANNA, 1, { type: "clear" })]);
      await expect(fresh).rejects.toMatchObject({ code: "unavailable" });
      expect(await commands.keys(`crosspod:${name}:{two}:*`)).toEqual([]);
    });
    expect(await draw(makeStore(), 3)).toMatchObject({ count: 3, position: { seq: 5 } });
  });

  test("[W6] to a user who may publish to all of the name's channels it is open", async () => {
    const channels = `&crosspod:${name}#*`;
    await commands.call("ACL", "SETUSER", "heard", "on", ">secret", "~*", "+@all", "resetchannels", channels);
    await withConnection(redis.url.replace("//", "//heard:secret@"), async (client) => {
      expect(await draw(makeStore(client), 3)).toMatchObject({ count: 3 });
    });
  });

  test("[W6] on a replica that is only read", async () => {
    await commands.config("SET", "repl-diskless-sync-delay", "0");
    const port = new URL(redis.url).port;
    await using replica = await RedisServer.start(["--replicaof", "127.0.0.1", port]);
    await withConnection(replica.url, async (client) => {
      await expect.poll(() => client.exists(keyOf("meta"))).toBe(1);
      const before = await stored(client);
      await expect(draw(makeStore(client), 3)).rejects.toMatchObject({ code: "unavailable" });
      await expect.poll(() => stored(client).catch(() => undefined)).toEqual(before);
    });
    expect(await draw(makeStore(), 3)).toMatchObject({ count: 3 });
  });

  test("[W6] that has no memory for it", async () => {
    const before = await stored();
    await commands.config("SET", "maxmemory", "1");
    try {
      await expect(draw(makeStore(), 3)).rejects.toMatchObject({ code: "unavailable" });
      const clear = submission(ANNA, 3, { type: "clear" });
      await expect(makeStore().append("one", [clear])).rejects.toMatchObject({ code: "unavailable" });
      expect(await stored()).toEqual(before);
    } finally {
      await commands.config("SET", "maxmemory", "0");
    }
    expect(await draw(makeStore(), 3)).toMatchObject({ count: 3 });
  });

  test.each(KEYS)("[W6] that has something else at the board's key %s", async (key) => {
    await commands.set(keyOf(key), "something else");
    const before = await stored();
    await expect(draw(makeStore(), 3)).rejects.toMatchObject({ code: "unavailable" });
    expect(await stored()).toEqual(before);
  });
});
