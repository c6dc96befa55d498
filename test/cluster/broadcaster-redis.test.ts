import { execFileSync } from "node:child_process";
import { COMMAND_TIMEOUT_MS } from "@crosspod/redis";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FeedSocket } from "../helpers/feed/feed-socket.ts";
import { publish } from "../helpers/feed/publisher.ts";
import { TcpProxy } from "../helpers/network/tcp-proxy.ts";
import { RedisServer } from "../helpers/redis/redis-server.ts";
import { readMetric } from "../helpers/service/metrics.ts";
import { Pod } from "../helpers/service/pod.ts";

let redis: RedisServer;
const open: AsyncDisposable[] = [];

async function startPod(name: string, environment = { REDIS_URL: redis.url }): Promise<Pod> {
  const pod = await Pod.start("broadcaster", name, { HEARTBEAT_SECONDS: "1", ...environment });
  open.unshift(pod);
  return pod;
}

const startPods = (count: number): Promise<Pod[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => startPod(`pod-${index}`)));

const untilReady = (pod: Pod): Promise<void> => pod.untilReady();
const untilNotReady = (pod: Pod): Promise<void> => pod.untilNotReady();

async function join(pod: Pod, query = "hello=1"): Promise<FeedSocket> {
  const client = await FeedSocket.open(pod.url, query);
  open.unshift({ [Symbol.asyncDispose]: async () => client[Symbol.dispose]() });
  return client;
}

beforeEach(async () => {
  redis = await RedisServer.start();
});

afterEach(async () => {
  for (const resource of open.splice(0)) await resource[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
});

describe("the broadcaster over Redis", () => {
  test("[B4] [B6] every client of every pod sees the same updates in one order, and a late joiner the newest", async () => {
    const pods = await startPods(3);
    await Promise.all(pods.map(untilReady));
    const clients = await Promise.all(pods.flatMap((pod) => [join(pod, ""), join(pod, "")]));
    await Promise.all(
      pods.map(async ({ url }, index) => {
        for (let count = 0; count < 20; count += 1) await publish(url, `${(index + count) % 5}`, `${index}-${count}`);
      }),
    );
    for (const client of clients) {
      await client.until("the last revision", ({ revision }) => revision === 60);
      expect(client.received).toEqual(clients[0]?.received);
    }
    const newest = new Map(clients[0]?.updates.map(({ id, value }) => [id, value]));
    const late = await join(pods[1]!, "");
    await late.until("the last revision", ({ revision }) => revision === 60);
    expect(new Map(late.updates.map(({ id, value }) => [id, value]))).toEqual(newest);
    expect(late.updates).toHaveLength(newest.size);
  });

  test("[B1] [B3] [B8] Redis away: 503 within 2 s, values kept, stale, not ready; Redis back: live again by itself", async () => {
    const [pod] = await startPods(1);
    await untilReady(pod!);
    const client = await join(pod!);
    await publish(pod!.url, "8", "300");
    await client.untilValue("8", "300");
    redis.signal("SIGSTOP");
    const start = performance.now();
    const response = await fetch(`${pod!.url}api?id=8&value=301`);
    // Redis is given up after this; where others keep the machine busy, the rest takes longer, too.
    expect(performance.now() - start).toBeLessThan(3 * COMMAND_TIMEOUT_MS);
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
    await client.until("stale", ({ state }) => state === "stale");
    await untilNotReady(pod!);
    expect(await readMetric(pod!.adminUrl, "crosspod_feed_live")).toBe(0);
    redis.signal("SIGCONT");
    await untilReady(pod!);
    expect(await readMetric(pod!.adminUrl, "crosspod_feed_live")).toBe(1);
    await client.until("live again", ({ type, state }) => type === "state" && state === "live");
    await publish(pod!.url, "5", "600");
    await client.untilValue("5", "600");
    expect(client.ws.readyState).toBe(client.ws.OPEN);
  });

  test("[B8] Redis killed and started again with its data: every page shows what the store holds", async () => {
    const pods = await startPods(2);
    await Promise.all(pods.map(untilReady));
    const clients = await Promise.all(pods.map((pod) => join(pod)));
    await publish(pods[0]!.url, "8", "300");
    await redis.kill();
    await Promise.all(pods.map(untilNotReady));
    expect((await fetch(`${pods[1]!.url}api?id=8&value=301`)).status).toBe(503);
    await redis.resume();
    await Promise.all(pods.map(untilReady));
    await publish(pods[1]!.url, "5", "600");
    for (const client of clients) {
      await client.untilValue("8", "300");
      await client.untilValue("5", "600");
    }
  });

  test("[B3] a Redis user who may not publish to channels: 503 that says why, and nothing is stored", async () => {
    const admin = new Redis(redis.url);
    await admin.call("ACL", "SETUSER", "mute", "on", ">secret", "~*", "+@all", "resetchannels");
    const pod = await startPod("mute", { REDIS_URL: redis.url.replace("//", "//mute:secret@") });
    const publishOnce = async (): Promise<string> => {
      const response = await fetch(`${pod.url}api?id=8&value=300`);
      return `${response.status} ${(await response.json()).detail}`;
    };
    await expect.poll(publishOnce).toMatch(/^503 the store refuses: .*channel/);
    expect(await admin.dbsize()).toBe(0);
    admin.disconnect();
  });

  test("[B8] a pod that starts before Redis is not ready, and live once it is there", async () => {
    await redis.kill();
    const [pod] = await startPods(1);
    const client = await join(pod!);
    expect(client.received[0] ?? (await client.until("hello", () => true))).toMatchObject({ state: "stale" });
    expect(await pod!.readiness()).not.toBe("ok");
    await redis.resume();
    await untilReady(pod!);
    await publish(pod!.url, "8", "300");
    await client.untilValue("8", "300");
  });

  test("[B8] a data set that is gone starts anew under another epoch, for everybody", async () => {
    const pods = await startPods(2);
    await Promise.all(pods.map(untilReady));
    const clients = await Promise.all(pods.map((pod) => join(pod)));
    await publish(pods[0]!.url, "8", "300");
    for (const client of clients) await client.untilValue("8", "300");
    execFileSync("redis-cli", ["-p", `${redis.port}`, "FLUSHALL"]);
    await publish(pods[1]!.url, "5", "600");
    for (const client of clients) {
      await client.untilValue("5", "600");
      const epochs = new Set(client.received.filter(({ type }) => type === "hello").map(({ epoch }) => epoch));
      expect(epochs.size).toBeGreaterThan(1);
    }
    for (const { adminUrl, process } of pods) {
      expect(await readMetric(adminUrl, 'crosspod_feed_log_reads_total{cause="new-epoch"}')).toBeGreaterThan(0);
      expect(await process.logged("another way")).toMatchObject({ cause: "new-epoch" });
    }
  });

  test("[A1] a pod whose subscription alone is cut takes it up again and misses nothing", async () => {
    const pods = await startPods(2);
    await Promise.all(pods.map(untilReady));
    const client = await join(pods[1]!);
    const admin = new Redis(redis.url);
    for (let round = 1; round <= 5; round += 1) {
      await admin.call("CLIENT", "KILL", "TYPE", "pubsub");
      await publish(pods[0]!.url, "8", `${round}`);
      await client.untilValue("8", `${round}`);
    }
    admin.disconnect();
    await Promise.all(pods.map(untilReady));
  });

  test("[A1] a pod from whose connections nothing comes any more is not ready, though they look open, and recovers", async () => {
    await using proxy = await TcpProxy.start(redis.port);
    const near = await startPod("near");
    const far = await startPod("far", { REDIS_URL: `redis://127.0.0.1:${proxy.port}` });
    await Promise.all([near, far].map(untilReady));
    const client = await join(far);
    proxy.swallow = true;
    await publish(near.url, "8", "300");
    await untilNotReady(far);
    await client.until("stale", ({ state }) => state === "stale");
    expect((await fetch(`${far.url}api?id=8&value=301`)).status).toBe(503);
    proxy.swallow = false;
    await untilReady(far);
    await client.untilValue("8", "300");
    await near[Symbol.asyncDispose]();
    await far[Symbol.asyncDispose]();
  });

  test("[B4] what else is published to the feed's channel ends no pod, and nothing is missed", async () => {
    const [pod] = await startPods(1);
    await untilReady(pod!);
    const client = await join(pod!);
    const admin = new Redis(redis.url);
    for (const message of ["garbage", "u a b [", "u e x 1 a b [1]", "m e x t m", ""]) {
      await admin.spublish("crosspod:{feed}:updates", message);
    }
    admin.disconnect();
    await publish(pod!.url, "8", "300");
    await client.untilValue("8", "300");
  });

  test("[B1] scripts that Redis has forgotten are loaded again", async () => {
    const [pod] = await startPods(1);
    await untilReady(pod!);
    await publish(pod!.url, "8", "300");
    execFileSync("redis-cli", ["-p", `${redis.port}`, "SCRIPT", "FLUSH"]);
    await publish(pod!.url, "8", "301");
  });
});
