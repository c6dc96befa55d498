import type { RedisAddress } from "@crosspod/redis";
import { Redis } from "ioredis";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RedisChannel } from "../../apps/broadcaster/src/server/redis-channel.ts";
import { RedisCluster } from "../helpers/redis-cluster.ts";
import { RedisServer } from "../helpers/redis-server.ts";
import { describeChannel } from "./channel.contract.ts";

let redis: RedisServer;
let cluster: RedisCluster;
let channels = 0;
const started: AsyncDisposable[] = [];

beforeAll(async () => {
  redis = await RedisServer.start();
  started.push(redis);
  cluster = await RedisCluster.start();
  started.push(cluster);
}, 30_000);

afterAll(async () => {
  await Promise.all(started.map((each) => each[Symbol.asyncDispose]()));
});

async function createChannel(address: RedisAddress, maxIds: number): Promise<RedisChannel> {
  channels += 1;
  const channel = new RedisChannel({
    address,
    name: `test-${channels}`,
    maxIds,
    log: pino({ level: "silent" }),
    resynced: () => {},
  });
  // It resolves once the store is reached.
  const unsubscribe = await channel.subscribe({ reset: () => {}, updates: () => {}, state: () => {} });
  unsubscribe();
  return channel;
}

/** How often Redis has read from a connection. */
async function countReads(client: Redis): Promise<number> {
  const stats = await client.info("stats");
  return Number(/total_reads_processed:(\d+)/.exec(stats)?.[1]);
}

const server = (): RedisAddress => ({ kind: "server", url: redis.url });

describeChannel("RedisChannel", ({ maxIds }) => createChannel(server(), maxIds));

describeChannel("RedisChannel over a cluster", ({ maxIds }) =>
  createChannel({ kind: "cluster", nodes: cluster.nodes }, maxIds),
);

test("publishes of one turn of the event loop share a round trip to Redis", async () => {
  const channel = await createChannel(server(), 100);
  const client = new Redis(redis.url);
  const before = await countReads(client);
  await Promise.all(Array.from({ length: 100 }, (_, id) => channel.publish([{ id: `${id}`, value: "300" }])));
  expect((await countReads(client)) - before).toBeLessThan(20);
  client.disconnect();
  await channel.close();
});
