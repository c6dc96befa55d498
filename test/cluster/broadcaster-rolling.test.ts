import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FeedFleet } from "../helpers/feed/feed-fleet.ts";
import { SteadyPublisher } from "../helpers/feed/steady-publisher.ts";
import { felt } from "../helpers/fleet.ts";
import { Gateway } from "../helpers/network/gateway.ts";
import { RedisServer } from "../helpers/redis/redis-server.ts";
import { Pod } from "../helpers/service/pod.ts";

const CLIENTS = 200;

/** How many of the three pods are restarted, one after the other. */
const RESTARTS = Number(process.env.RESTARTS ?? 1);

let redis: RedisServer;
let gateway: Gateway;
let fleet: FeedFleet;
let publisher: SteadyPublisher;
let pods: Pod[];

async function startPod(name: string): Promise<Pod> {
  const environment = { REDIS_URL: redis.url, UNREADY_SECONDS: "1", DRAIN_SECONDS: "1", HEARTBEAT_SECONDS: "1" };
  const pod = await Pod.start("broadcaster", name, environment);
  pods.push(pod);
  await gateway.watch(pod);
  return pod;
}

/** Ends a pod by a signal and starts another in its place. */
async function restart(pod: Pod, signal: NodeJS.Signals): Promise<void> {
  pod.process.kill(signal);
  await pod.process.exited();
  pods.splice(pods.indexOf(pod), 1);
  await startPod(`${pod.name}-again`);
}

async function restartRedis(): Promise<void> {
  await redis.kill();
  await Promise.all(pods.map((pod) => pod.untilNotReady()));
  await redis.resume();
  await Promise.all(pods.map((pod) => pod.untilReady()));
}

/** Publishing ends, and then everybody has seen everything that was appended, in order. */
async function expectEverythingSeen(): Promise<void> {
  await publisher.stop();
  await fleet.untilShown(publisher.published);
  expect(fleet.members.filter(({ outOfOrder, restarts }) => outOfOrder + restarts > 0)).toEqual([]);
}

beforeEach(async () => {
  redis = await RedisServer.start();
  gateway = await Gateway.start();
  pods = [];
  await Promise.all(["a", "b", "c"].map(startPod));
  fleet = new FeedFleet(gateway.url, CLIENTS);
  await fleet.untilLive();
  publisher = new SteadyPublisher(gateway.url);
});

afterEach(async () => {
  // What could not be started is not there.
  await publisher?.stop();
  fleet?.[Symbol.dispose]();
  await gateway[Symbol.asyncDispose]();
  for (const pod of pods) await pod[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
});

describe("the broadcaster's pods, restarted", () => {
  test("[A3] [B9] [B12] by SIGTERM: no publish is refused, and every client sees each one", async ({ annotate }) => {
    for (const pod of pods.slice(0, RESTARTS))
      await annotate(await felt(fleet, "SIGTERM", () => restart(pod, "SIGTERM")));
    await expectEverythingSeen();
    expect(publisher.refusals).toBe(0);
  });

  test("[B1] [B9] [B12] by SIGKILL: every client sees all that was published", async ({ annotate }) => {
    for (const pod of pods.slice(0, RESTARTS))
      await annotate(await felt(fleet, "SIGKILL", () => restart(pod, "SIGKILL")));
    await expectEverythingSeen();
  });

  test("[B1] [B8] [B9] with Redis killed and started again in between: every client sees all that was published", async ({
    annotate,
  }) => {
    const [first, second] = pods;
    await annotate(await felt(fleet, "SIGTERM", () => restart(first!, "SIGTERM")));
    await annotate(await felt(fleet, "Redis killed", restartRedis));
    await annotate(await felt(fleet, "SIGTERM", () => restart(second!, "SIGTERM")));
    await expectEverythingSeen();
  });
});
