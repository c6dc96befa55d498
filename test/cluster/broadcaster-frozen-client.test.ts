import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DEADLINE_MS } from "../helpers/deadline.ts";
import { FeedFleet } from "../helpers/feed/feed-fleet.ts";
import { LeanClient } from "../helpers/feed/lean-client.ts";
import { publishAll } from "../helpers/feed/publisher.ts";
import { RedisServer } from "../helpers/redis/redis-server.ts";
import { readMetric } from "../helpers/service/metrics.ts";
import { Pod } from "../helpers/service/pod.ts";

const OTHERS = Number(process.env.OTHERS ?? 40);
/** Of the others: these are as pages are, which costs much more than to be lean. */
const FLEET = OTHERS / 20;

const IDS = 1_000;

/**
 * What the others get in the rounds that are measured is 80 MB, and would stay here if it were kept for the frozen
 * reader; a heap's own ups and downs are 30.
 */
const MOST_GROWTH_MEGABYTES = 60;

let redis: RedisServer;
let pods: Pod[];
const clients: Disposable[] = [];

async function joinLean(pod: Pod): Promise<LeanClient> {
  const client = await LeanClient.open(pod.port);
  clients.push(client);
  return client;
}

const joinAll = (count: number): Promise<LeanClient[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => joinLean(pods[index % pods.length]!)));

/** Of three bytes a character, so that a round of all ids is 800 KB. */
const valueIn = (round: number): string => `${round}`.padStart(250, "…");

const updatesIn = (round: number): { id: string; value: string }[] =>
  Array.from({ length: IDS }, (_, id) => ({ id: `${id}`, value: valueIn(round) }));

/**
 * Publishes a value for each id in each round, by the pods in turn. The next round waits until all have got this one.
 */
async function publishRounds(from: number, to: number, everybody: readonly LeanClient[]): Promise<void> {
  for (let round = from; round < to; round += 1) {
    // As often as it takes: while the machine is busy, Redis may answer too late.
    await vi.waitFor(() => publishAll(pods[round % pods.length]!.url, updatesIn(round)), DEADLINE_MS);
    const late = (): LeanClient[] => everybody.filter(({ tail }) => !tail.includes(valueIn(round)));
    await expect.poll(() => late().length).toBe(0);
  }
}

const residentMegabytes = async ({ adminUrl }: Pod): Promise<number> =>
  (await readMetric(adminUrl, "process_resident_memory_bytes")) / 1_024 ** 2;

const slowConsumersClosed = ({ adminUrl }: Pod): Promise<number> =>
  readMetric(adminUrl, 'crosspod_feed_clients_closed_total{reason="slow-consumer"}');

beforeEach(async () => {
  redis = await RedisServer.start();
  // Lean clients answer no pings.
  const environment = { REDIS_URL: redis.url, PING_SECONDS: "3600" };
  pods = await Promise.all(
    ["3600", "5"].map((SLOW_CONSUMER_SECONDS) =>
      Pod.start("broadcaster", `waits-${SLOW_CONSUMER_SECONDS}`, { ...environment, SLOW_CONSUMER_SECONDS }),
    ),
  );
  await Promise.all(pods.map((pod) => pod.untilReady()));
});

afterEach(async () => {
  for (const client of clients.splice(0)) client[Symbol.dispose]();
  for (const pod of pods) await pod[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
});

describe(`a client that is frozen beside ${OTHERS} others on two pods`, () => {
  test("[B10] costs its pod no memory, is closed where the pod does not wait, and the others get every final value", async ({
    annotate,
  }) => {
    const [patient, strict] = pods;
    const lean = await joinAll(OTHERS - FLEET);
    const fleet = new FeedFleet(strict!.url, FLEET);
    clients.push(fleet);
    await fleet.untilLive();
    for (const pod of pods) (await joinLean(pod)).freeze();
    await publishRounds(0, 20, lean);
    const before = await residentMegabytes(patient!);
    await publishRounds(20, 120, lean);
    const after = await residentMegabytes(patient!);
    await annotate(`resident memory ${Math.round(before)} MB before, ${Math.round(after)} MB after`);
    expect(after - before).toBeLessThan(MOST_GROWTH_MEGABYTES);
    await fleet.untilShown(new Map(updatesIn(119).map(({ id, value }) => [id, value])));
    await expect.poll(() => slowConsumersClosed(strict!)).toBe(1);
    expect(await slowConsumersClosed(patient!)).toBe(0);
  }, 300_000);
});
