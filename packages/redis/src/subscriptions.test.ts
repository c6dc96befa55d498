import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RedisServer } from "../../../test/helpers/redis/redis-server.ts";
import { LogLines } from "../../../test/helpers/service/log-lines.ts";
import { RedisSubscriptions } from "./subscriptions.ts";

let redis: RedisServer;

beforeAll(async () => {
  redis = await RedisServer.start([]);
});

afterAll(async () => {
  await redis[Symbol.asyncDispose]();
});

test("[A1] a message that cannot be read is left out, and said; the next one is delivered", async () => {
  const { log, lines } = new LogLines();
  const publisher = new Redis(redis.url);
  const subscriptions = new RedisSubscriptions({ kind: "server", url: redis.url }, log);
  const heard: unknown[] = [];
  try {
    const hear = (message: Buffer) => heard.push(JSON.parse(message.toString()));
    await new Promise<void>((resolve) => subscriptions.subscribe("a channel", hear, resolve));
    await publisher.spublish("a channel", "garbage");
    await publisher.spublish("a channel", "1");
    await expect.poll(() => heard).toEqual([1]);
    expect(lines).toContainEqual(expect.objectContaining({ level: "error", channel: "a channel", bytes: 7 }));
  } finally {
    subscriptions.close();
    publisher.disconnect();
  }
});

test("[A1] says why Redis refuses subscriptions, and subscribes when it may", async () => {
  const { log, lines } = new LogLines();
  const admin = new Redis(redis.url);
  await admin.call("ACL", "SETUSER", "reader", "on", ">secret", "allchannels", "+@all", "-ssubscribe");
  const url = `redis://reader:secret@127.0.0.1:${redis.port}`;
  const subscriptions = new RedisSubscriptions({ kind: "server", url }, log);
  try {
    const confirmed = new Promise<void>((resolve) => subscriptions.subscribe("a channel", () => {}, resolve));
    await expect
      .poll(() => lines)
      .toContainEqual(expect.objectContaining({ level: "warn", err: expect.stringContaining("NOPERM") }));
    await admin.call("ACL", "SETUSER", "reader", "+ssubscribe");
    await confirmed;
  } finally {
    subscriptions.close();
    admin.disconnect();
  }
});
