import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { FeedSocket } from "../helpers/feed/feed-socket.ts";
import { publish } from "../helpers/feed/publisher.ts";
import { RedisCluster } from "../helpers/redis/redis-cluster.ts";
import { Pod } from "../helpers/service/pod.ts";

let cluster: RedisCluster;
let feeds = 0;
let feed: string;
let pods: Pod[];
const clients: FeedSocket[] = [];

async function join({ url }: Pod, query = "hello=1"): Promise<FeedSocket> {
  const client = await FeedSocket.open(url, query);
  clients.push(client);
  return client;
}

beforeAll(async () => {
  cluster = await RedisCluster.start();
});

afterAll(() => cluster[Symbol.asyncDispose]());

beforeEach(async () => {
  feeds += 1;
  feed = `feed-${feeds}`;
  const environment = { REDIS_CLUSTER: cluster.addresses, FEED_NAME: feed, HEARTBEAT_SECONDS: "1" };
  pods = await Promise.all(["a", "b"].map((name) => Pod.start("broadcaster", name, environment)));
  await Promise.all(pods.map((pod) => pod.untilReady()));
});

afterEach(async () => {
  for (const client of clients.splice(0)) client[Symbol.dispose]();
  await Promise.all(pods.map((pod) => pod[Symbol.asyncDispose]()));
});

describe("the broadcaster over a Redis Cluster", () => {
  test("[B4] [B6] every client of every pod sees the same updates in one order, and a late joiner the newest", async () => {
    await Promise.all(pods.flatMap((pod) => [join(pod, ""), join(pod, "")]));
    const publishes = pods.map(async ({ url }, index) => {
      for (let count = 0; count < 30; count += 1) await publish(url, `${(index + count) % 5}`, `${index}-${count}`);
    });
    await Promise.all(publishes);
    for (const client of clients) {
      await client.until("the last revision", ({ revision }) => revision === 60);
      expect(client.received).toEqual(clients[0]!.received);
    }
    const newest = new Map(clients[0]!.updates.map(({ id, value }) => [id, value]));
    const late = await join(pods[1]!, "");
    await late.until("the last revision", ({ revision }) => revision === 60);
    expect(late.updates.map(({ id, value }) => [id, value]).sort()).toEqual([...newest].sort());
  });

  test("[A1] pods whose subscriptions are cut on the node that serves the feed take them up again and miss nothing", async () => {
    await Promise.all(pods.map((pod) => join(pod)));
    const { url } = await cluster.nodeOf(`crosspod:{${feed}}`);
    const node = new Redis(url);
    for (let round = 1; round <= 5; round += 1) {
      expect(await node.call("CLIENT", "KILL", "TYPE", "pubsub")).toBe(pods.length);
      await publish(pods[0]!.url, "8", `${round}`);
      for (const client of clients) await client.untilValue("8", `${round}`);
    }
    node.disconnect();
    await Promise.all(pods.map((pod) => pod.untilReady()));
  });

  test("[A1] [B1] [B8] the node that serves the feed away: 503, stale, not ready; back: live again by itself", async () => {
    const [pod] = pods;
    await publish(pod!.url, "8", "300");
    const client = await join(pod!);
    await client.untilValue("8", "300");
    const node = await cluster.nodeOf(`crosspod:{${feed}}`);
    await node.kill();
    expect((await fetch(`${pod!.url}api?id=8&value=301`)).status).toBe(503);
    await client.until("stale", ({ state }) => state === "stale");
    await pod!.untilNotReady();
    await node.resume();
    await Promise.all(pods.map((each) => each.untilReady()));
    await client.until("live again", ({ type, state }) => type === "state" && state === "live");
    await publish(pods[1]!.url, "5", "600");
    await client.untilValue("5", "600");
  });
});
