import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { RedisServer } from "../../helpers/redis/redis-server.ts";
import { nodeServer, SERVICE_ENVIRONMENT } from "../node-server.ts";
import { ServerProcess } from "../server-process.ts";
import { BoardCrowd } from "./crowds/board-crowd.ts";
import { DrawingCrowd } from "./crowds/drawing-crowd.ts";
import { DeliveryTimes } from "./delivery-times.ts";

export const POD_COUNT = 3;

const WARM_UP_MS = 2_000;
const MEASURE_MS = 5_000;
const SETTLE_DEADLINE_MS = 5_000;

/** What pods ask Redis for. */
const REQUESTS = new Set(["evalsha", "eval", "spublish"]);

/** How several pods did together, over one Redis. */
export interface PodsRow {
  readonly people: number;
  readonly samplesPerSecond: number;
  /** From when a message is sent to when a watcher can show it, on whichever pod, in milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** CPU time of all pods as a share of one core; undefined where it cannot be read. */
  readonly podsBusy: number | undefined;
  /** Share of the time in which the pods could have gone on and had to wait for a core, for one of them on average. */
  readonly podsKeptWaiting: number | undefined;
  /** Scripts and publications that Redis was asked for, for each sample. */
  readonly redisRequests: number;
  /** Commands that it did, those inside of scripts too, for each sample. */
  readonly redisCommands: number;
  /** Resident memory of the largest pod while they draw, in bytes; undefined where it cannot be read. */
  readonly podMemory: number | undefined;
  /** As in one pod. */
  readonly wrongPeople: number;
}

/** Lets people draw on one board, spread over three pods. */
export async function measurePods(people: number): Promise<PodsRow> {
  await using redis = await RedisServer.start(["--appendonly", "yes", "--appendfsync", "everysec"]);
  const pods = await Promise.all(Array.from({ length: POD_COUNT }, () => startPod(redis.url)));
  const monitor = new Redis(redis.url);
  const ports = pods.map(({ port }) => port);
  const crowd = await DrawingCrowd.gather(new BoardCrowd(ports, { size: people, showPointers: false }), people);
  try {
    crowd.start();
    await sleep(WARM_UP_MS);
    const before = await reading(pods, crowd, monitor);
    const times = new DeliveryTimes();
    crowd.watch((sentAt, cameAt) => {
      if (sentAt >= before.at) times.add(cameAt - sentAt);
    });
    await sleep(MEASURE_MS);
    const after = await reading(pods, crowd, monitor);
    const memory = await Promise.all(pods.map((pod) => pod.residentBytes()));
    crowd.stop();
    const seconds = (after.at - before.at) / 1_000;
    const samples = after.samples - before.samples;
    return {
      people,
      samplesPerSecond: samples / seconds,
      p50: times.percentile(0.5),
      p95: times.percentile(0.95),
      p99: times.percentile(0.99),
      podsBusy: difference(before.cpuSeconds, after.cpuSeconds, seconds),
      podsKeptWaiting: difference(before.waitSeconds, after.waitSeconds, seconds * POD_COUNT),
      redisRequests: (after.requests - before.requests) / samples,
      redisCommands: (after.commands - before.commands) / samples,
      podMemory: memory.every((bytes) => bytes !== undefined) ? Math.max(...memory) : undefined,
      wrongPeople: await crowd.settle(SETTLE_DEADLINE_MS),
    };
  } finally {
    crowd.leave();
    monitor.disconnect();
    for (const pod of pods) await pod.stop();
  }
}

const startPod = (redisUrl: string): Promise<ServerProcess> =>
  ServerProcess.start(nodeServer("whiteboard.js", { ...SERVICE_ENVIRONMENT, LOG_LEVEL: "info", REDIS_URL: redisUrl }));

interface Reading {
  /** Milliseconds. */
  readonly at: number;
  readonly samples: number;
  readonly requests: number;
  readonly commands: number;
  readonly cpuSeconds: number | undefined;
  readonly waitSeconds: number | undefined;
}

async function reading(pods: readonly ServerProcess[], { samples }: DrawingCrowd, monitor: Redis): Promise<Reading> {
  const stats = await monitor.info("commandstats");
  const calls = [...stats.matchAll(/^cmdstat_([\w|]+):calls=(\d+)/gm)].map(([, name = "", count]) => ({
    isRequest: REQUESTS.has(name),
    count: Number(count),
  }));
  return {
    at: performance.now(),
    samples,
    requests: total(calls.filter(({ isRequest }) => isRequest).map(({ count }) => count)) ?? 0,
    commands: total(calls.map(({ count }) => count)) ?? 0,
    cpuSeconds: total(pods.map((pod) => pod.cpuSeconds())),
    waitSeconds: total(pods.map((pod) => pod.waitSeconds())),
  };
}

function total(values: readonly (number | undefined)[]): number | undefined {
  let sum = 0;
  for (const value of values) {
    if (value === undefined) return undefined;
    sum += value;
  }
  return sum;
}

const difference = (from: number | undefined, to: number | undefined, by: number): number | undefined =>
  from === undefined || to === undefined ? undefined : (to - from) / by;
