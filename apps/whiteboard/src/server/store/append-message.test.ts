import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { itemId } from "@crosspod/protocol";
import { connectRedisNode } from "@crosspod/redis";
import { createShardedAdapter } from "@socket.io/redis-adapter";
import { pino } from "pino";
import { Server } from "socket.io";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { EventSocket } from "../../../../../test/helpers/board/event-socket.ts";
import { append, put } from "../../../../../test/helpers/board/strokes.ts";
import { submission } from "../../../../../test/helpers/board/submission.ts";
import { DEADLINE_MS } from "../../../../../test/helpers/deadline.ts";
import { RedisCommands } from "../../../../../test/helpers/redis/redis-commands.ts";
import { channelName, parsePublished, roomName } from "./append-message.ts";
import { RedisBoardStore } from "./redis-board-store.ts";

const ANNA = "anna-000";
const NAME = "contract";
const PREFIX = `crosspod:${NAME}`;
const BOARD = "A-b_9";
const CHANNEL = channelName(PREFIX, BOARD);
const log = pino({ level: "silent" });

let redis: RedisCommands;
let io: Server;
let client: EventSocket;
let store: RedisBoardStore;
/** All that came on the board's channel, as bytes. */
const messages: Buffer[] = [];
let ends: readonly (() => unknown)[] = [];

/** A server of socket.io as it is, with the adapter as it is; whoever connects to it is in the board's room. */
beforeAll(async () => {
  redis = await RedisCommands.start();
  const subscriber = connectRedisNode(redis.url, log);
  const witness = connectRedisNode(redis.url, log);
  const server = createServer();
  const adapter = createShardedAdapter(redis.client, subscriber, {
    channelPrefix: PREFIX,
    subscriptionMode: "dynamic",
  });
  io = new Server(server, { adapter });
  io.on("connection", (socket) => void socket.join(roomName(BOARD)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  client = await EventSocket.openOriginal(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, "websocket");
  witness.on("smessageBuffer", (_channel: Buffer, message: Buffer) => messages.push(message));
  await witness.ssubscribe(CHANNEL);
  const subscribers = () => redis.client.call("PUBSUB", "SHARDNUMSUB", CHANNEL);
  await vi.waitFor(async () => expect(await subscribers()).toEqual([CHANNEL, 2]), DEADLINE_MS);
  const options = { commands: redis.client, subscribe: () => () => {}, name: NAME, maxBoards: 9, ttlMs: 3_600_000 };
  store = new RedisBoardStore(options);
  ends = [() => client[Symbol.dispose](), () => io.close(), () => subscriber.quit(), () => witness.disconnect()];
});

afterAll(async () => {
  for (const end of ends) await end();
  await redis[Symbol.asyncDispose]();
});

describe("what an append publishes", () => {
  test("[W8] an unmodified socket.io with the pinned Redis adapter sends to the room, and it is parsed here", async () => {
    const before = await store.head(BOARD);
    const first = submission(ANNA, 1, put(itemId(ANNA, 1)), append(itemId(ANNA, 1)));
    const { position } = await store.append(BOARD, [first, submission("bert-000", 1, { type: "clear" })]);
    const second = await store.append(BOARD, [submission(ANNA, 3, { type: "clear" })]);
    await client.untilTrue("two appends", () => client.all("o").length === 2);
    await expect.poll(() => messages.length).toBe(2);
    const batches = messages.map(parsePublished);
    expect(batches).toMatchObject([
      { ...position, previous: before.token, firstSeq: 1 },
      { ...second.position, previous: position.token, firstSeq: 4 },
    ]);
    expect(client.all("o")).toEqual(batches.map((batch) => [batch?.firstSeq, batch?.text, batch?.seq]));
    expect(batches.map((batch) => batch?.message)).toEqual(messages);
    expect(client.operations).toHaveLength(4);
  });

  test("[W8] is not taken for what the adapter itself publishes, on the same channel", async () => {
    messages.length = 0;
    io.to(roomName(BOARD)).emit("o", 1, "c", 1);
    io.to(roomName(BOARD)).emit("people", { log: "a b c 1" });
    io.to(roomName(BOARD)).emit("binary", Buffer.from('{"log":"a b c 1"'));
    await expect.poll(() => messages.length).toBe(3);
    expect(messages.map(parsePublished)).toEqual([undefined, undefined, undefined]);
  });

  test("[W10] of a new epoch is an append of nothing: clients of any server get no operation", async () => {
    messages.length = 0;
    const position = await store.head(BOARD);
    const next = await store.head(BOARD, { ...position, token: "othr" });
    await expect
      .poll(() => messages.map(parsePublished))
      .toMatchObject([{ ...next, firstSeq: next.seq + 1, text: "" }]);
    await client.untilTrue("it", () => client.all("o").some(([, text]) => text === ""));
    expect(client.operations).toHaveLength(4);
  });
});

test("[W2] no board's room is as long as a connection's id: the adapter would send what is for it to all pods", () => {
  const names = Array.from({ length: 64 }, (_, index) => "b".repeat(index + 1));
  expect(names.filter((name) => roomName(name).length === 20)).toEqual([]);
});
