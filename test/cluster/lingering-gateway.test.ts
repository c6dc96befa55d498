import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BoardFleet } from "../helpers/board/board-fleet.ts";
import { SteadyPen } from "../helpers/board/steady-pen.ts";
import { DEADLINE_MS } from "../helpers/deadline.ts";
import { FeedFleet } from "../helpers/feed/feed-fleet.ts";
import { SteadyPublisher } from "../helpers/feed/steady-publisher.ts";
import type { Fleet } from "../helpers/fleet.ts";
import { TcpBalancer } from "../helpers/network/tcp-balancer.ts";
import { RedisServer } from "../helpers/redis/redis-server.ts";
import { Pod } from "../helpers/service/pod.ts";

const CLIENTS = 10;

/** So long that nothing but the silence itself can tell a client that its pod is gone. */
const HEARTBEATS = { HEARTBEAT_SECONDS: "30", HEAD_SECONDS: "30" };

/** News that came at so many looks in a row are a steady flow, whose pace a client knows: so much it looks back. */
const STEADY_LOOKS = 20;
const LOOK_INTERVAL_MS = 100;
/** On a busy machine even the looks come late. */
const LATEST_LOOK_MS = 250;

let redis: RedisServer;
let gateway: TcpBalancer;
let pods: Pod[];

async function startPod(app: string, name: string): Promise<Pod> {
  const pod = await Pod.start(app, name, { REDIS_URL: redis.url, ...HEARTBEATS });
  pods.push(pod);
  await pod.untilReady();
  return pod;
}

beforeEach(async () => {
  redis = await RedisServer.start();
  gateway = await TcpBalancer.start({ lingers: true });
  pods = [];
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  for (const pod of pods) await pod[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
});

/** The fewest updates that any page of them has had. */
const fewestUpdates = ({ members }: FeedFleet): number => Math.min(...members.map(({ client }) => client.revision));

/** A fleet whose members know their pods. */
type Watchers = Fleet & {
  readonly members: readonly { readonly client: { readonly hello: { readonly pod: string } | undefined } }[];
};

/**
 * Kills the pod of all of them while news come from the other one, and sees that they go there and miss nothing,
 * although their connections stay open.
 */
async function expectMove(leaving: Pod, watchers: Watchers, news: () => number): Promise<void> {
  const podsNow = () => new Set(watchers.members.map(({ client }) => client.hello?.pod));
  await untilSteady(news);
  const [staying] = pods.filter((pod) => pod !== leaving);
  gateway.add(staying!.port);
  gateway.remove(leaving.port);
  expect(podsNow()).toEqual(new Set([leaving.name]));
  leaving.process.kill("SIGKILL");
  await expect.poll(podsNow, { timeout: DEADLINE_MS }).toEqual(new Set([staying!.name]));
  await watchers.untilLive();
}

/** Resolves when news have come without a pause for a while: what came unsteadily is not missed when it stops. */
async function untilSteady(news: () => number): Promise<void> {
  let steady = 0;
  while (steady < STEADY_LOOKS) {
    const [before, lookedAt] = [news(), performance.now()];
    await sleep(LOOK_INTERVAL_MS);
    const isSteady = news() > before && performance.now() - lookedAt < LATEST_LOOK_MS;
    steady = isSteady ? steady + 1 : 0;
  }
}

describe("behind a gateway that keeps the connections of a pod that is gone", () => {
  test("[B8] pages go to another pod as soon as the updates that came steadily stop", async () => {
    const [leaving, staying] = [await startPod("broadcaster", "leaving"), await startPod("broadcaster", "staying")];
    gateway.add(leaving.port);
    using fleet = new FeedFleet(gateway.url, CLIENTS);
    await fleet.untilLive();
    const publisher = new SteadyPublisher(staying.url);
    await expectMove(leaving, fleet, () => fewestUpdates(fleet));
    await publisher.stop();
    await fleet.untilShown(publisher.published);
  });

  test("[W10] people go to another pod as soon as the strokes that came steadily stop", async () => {
    const [leaving, staying] = [await startPod("whiteboard", "leaving"), await startPod("whiteboard", "staying")];
    gateway.add(leaving.port);
    using fleet = new BoardFleet(Array(CLIENTS).fill(gateway.url));
    await fleet.untilLive();
    const pens = [new SteadyPen(staying.url), new SteadyPen(staying.url)];
    let news = 0;
    fleet.members[0]?.client.view.onChange(() => {
      news += 1;
    });
    await expectMove(leaving, fleet, () => news);
    await Promise.all(pens.map((pen) => pen.stop()));
    await fleet.untilShown(new Map(pens.flatMap((pen) => [...pen.strokes])));
  });

  test("[B8] [B11] a page whose updates stop for another reason hears that its pod is there, and stays where it is", async () => {
    const pod = await startPod("broadcaster", "only");
    gateway.add(pod.port);
    using fleet = new FeedFleet(gateway.url, CLIENTS);
    await fleet.untilLive();
    const publisher = new SteadyPublisher(pod.url);
    await untilSteady(() => fewestUpdates(fleet));
    const { length: connects } = fleet.connects;
    await publisher.stop();
    const hellos = fleet.members.map(({ client }) => client.hello);
    // What the pod says of its state goes into what it said in its hello.
    const isTold = (): boolean => fleet.members.every(({ client }, index) => client.hello !== hellos[index]);
    await expect.poll(isTold, { timeout: DEADLINE_MS }).toBe(true);
    expect(fleet.connects).toHaveLength(connects);
    expect(fleet.members.map(({ client }) => client.state)).toEqual(Array(CLIENTS).fill("live"));
  });
});
