import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BoardFleet } from "../helpers/board/board-fleet.ts";
import { EventSocket } from "../helpers/board/event-socket.ts";
import { SteadyPen } from "../helpers/board/steady-pen.ts";
import { describeConnects, felt } from "../helpers/fleet.ts";
import { Gateway } from "../helpers/network/gateway.ts";
import { HttpBalancer } from "../helpers/network/http-balancer.ts";
import { RedisServer } from "../helpers/redis/redis-server.ts";
import { Pod } from "../helpers/service/pod.ts";

const WATCHERS = 50;
const POLLING_WATCHERS = 4;
const PENS = 6;

/** How many of the three pods are restarted, one after the other. */
const RESTARTS = Number(process.env.RESTARTS ?? 1);

let redis: RedisServer;
let gateway: Gateway;
let pods: Pod[];

async function startPod(name: string, environment: Readonly<Record<string, string>> = {}): Promise<Pod> {
  const defaults = { REDIS_URL: redis.url, UNREADY_SECONDS: "1", DRAIN_SECONDS: "1" };
  const pod = await Pod.start("whiteboard", name, { ...defaults, ...environment });
  pods.push(pod);
  await gateway.watch(pod);
  return pod;
}

/** Ends a pod by a signal and starts another in its place. */
async function restart(pod: Pod, signal: NodeJS.Signals): Promise<void> {
  await end(pod, signal);
  await startPod(`${pod.name}-again`);
}

async function end(pod: Pod, signal: NodeJS.Signals): Promise<void> {
  pod.process.kill(signal);
  await pod.process.exited();
  pods.splice(pods.indexOf(pod), 1);
}

async function restartRedis(): Promise<void> {
  await redis.kill();
  await Promise.all(pods.map((pod) => pod.untilNotReady()));
  await redis.resume();
  await Promise.all(pods.map((pod) => pod.untilReady()));
}

beforeEach(async () => {
  redis = await RedisServer.start();
  gateway = await Gateway.start();
  pods = [];
});

afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  for (const pod of pods) await pod[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
});

describe("the whiteboard's pods, restarted while people draw", () => {
  let balancer: HttpBalancer;
  let fleet: BoardFleet;
  /** Those who long poll, through a balancer that keeps each of them on one pod. */
  let polling: BoardFleet;
  let pens: SteadyPen[];

  /**
   * Drawing ends, and then everybody sees each stroke once, with all its points; somebody who comes later does, too.
   */
  async function expectEverythingSeen(): Promise<void> {
    await Promise.all(pens.map((pen) => pen.stop()));
    const strokes = new Map(pens.flatMap((pen) => [...pen.strokes]));
    using late = new BoardFleet(pods.map(({ url }) => url));
    const fleets = [fleet, polling, late];
    await Promise.all(fleets.map((each) => each.untilShown(strokes)));
    expect(new Set(fleets.map(({ members }) => members[0]?.board)).size).toBe(1);
  }

  beforeEach(async () => {
    await Promise.all(["a", "b", "c"].map((name) => startPod(name)));
    balancer = await HttpBalancer.start(gateway.targets, { isSticky: true, refusesUpgrades: true });
    fleet = new BoardFleet(Array(WATCHERS).fill(gateway.url));
    polling = new BoardFleet(Array(POLLING_WATCHERS).fill(balancer.url));
    pens = Array.from({ length: PENS }, () => new SteadyPen(gateway.url));
    await Promise.all([fleet, polling].map((each) => each.untilLive()));
  });

  afterEach(async () => {
    await Promise.allSettled(pens.map((pen) => pen.stop()));
    for (const each of [fleet, polling]) each[Symbol.dispose]();
    await balancer[Symbol.asyncDispose]();
  });

  test("[A3] [W6] [W10] by SIGTERM: everybody sees each stroke, once and whole", async ({ annotate }) => {
    for (const pod of pods.slice(0, RESTARTS))
      await annotate(await felt(fleet, "SIGTERM", () => restart(pod, "SIGTERM")));
    await expectEverythingSeen();
  });

  test("[W6] [W10] by SIGKILL: everybody sees each stroke, once and whole", async ({ annotate }) => {
    for (const pod of pods.slice(0, RESTARTS))
      await annotate(await felt(fleet, "SIGKILL", () => restart(pod, "SIGKILL")));
    await expectEverythingSeen();
  });

  test("[W6] [W10] with Redis killed and started again in between: everybody sees each stroke, once and whole", async ({
    annotate,
  }) => {
    const [first, second] = pods;
    await annotate(await felt(fleet, "SIGTERM", () => restart(first!, "SIGTERM")));
    await annotate(await felt(fleet, "Redis killed", restartRedis));
    await annotate(await felt(fleet, "SIGTERM", () => restart(second!, "SIGTERM")));
    await expectEverythingSeen();
  });
});

describe("the clients of a pod that leaves", () => {
  const CLIENTS = 200;

  test.for([1, 3])("[A3] come to the others spread over %i s, and not all at once", async (seconds, { annotate }) => {
    const leaving = await startPod("leaving", { DRAIN_SECONDS: `${seconds}` });
    const sockets = await Promise.all(
      Array.from({ length: CLIENTS }, () => EventSocket.open(gateway.url, "websocket")),
    );
    await Promise.all(["b", "c"].map((name) => startPod(name)));
    const losses: number[] = [];
    const connects: number[] = [];
    for (const { socket } of sockets) {
      socket.on("disconnect", () => losses.push(performance.now()));
      socket.on("connect", () => connects.push(performance.now()));
    }
    await end(leaving, "SIGTERM");
    // One that came back to the pod which is leaving was asked to go a second time.
    const moved = (): number => (losses.length < CLIENTS ? 0 : sockets.filter(({ socket }) => socket.connected).length);
    await expect.poll(moved).toBe(CLIENTS);
    await annotate(describeConnects(connects));
    for (const socket of sockets) socket[Symbol.dispose]();
    expect(Math.max(...losses) - Math.min(...losses)).toBeGreaterThan(500 * seconds);
  });
});
