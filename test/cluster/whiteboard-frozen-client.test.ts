import { entryNumbers } from "@crosspod/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BoardFleet } from "../helpers/board/board-fleet.ts";
import { EventSocket } from "../helpers/board/event-socket.ts";
import { joinBare } from "../helpers/board/frozen-board-socket.ts";
import { pointText } from "../helpers/board/strokes.ts";
import { DEADLINE_MS } from "../helpers/deadline.ts";
import { LeanClient } from "../helpers/feed/lean-client.ts";
import { RedisServer } from "../helpers/redis/redis-server.ts";
import { Pod } from "../helpers/service/pod.ts";

const ANNA = "anna-000";
const LEAN = 50;

/** Of 60,000 characters each. */
const MESSAGES_IN_ROUND = 20;

const ROUNDS = 8;

/**
 * What waits for the frozen client until it is closed is 10 MB at most, and a heap's own ups and downs are 30; what all
 * others are sent is 0.5 GB.
 */
const MOST_GROWTH_MEGABYTES = 60;

let redis: RedisServer;
let pods: Pod[];
const clients: Disposable[] = [];

const keep = <T extends Disposable>(client: T): T => {
  clients.push(client);
  return client;
};

const joinLean = async ({ port }: Pod): Promise<LeanClient> => keep(LeanClient.of(await joinBare(port)));

const joinAll = (count: number): Promise<LeanClient[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => joinLean(pods[index % pods.length]!)));

const residentMegabytes = async (pod: Pod): Promise<number> =>
  (await pod.metric("process_resident_memory_bytes")) / 1_024 ** 2;

const slowConsumersClosed = (pod: Pod): Promise<number> => pod.metric("crosspod_board_slow_consumers_closed_total");

beforeEach(async () => {
  redis = await RedisServer.start();
  // Lean clients answer no pings; and they may be kept from reading for a while, where the machine is busy.
  const environment = { REDIS_URL: redis.url, PING_SECONDS: "3600", SLOW_CONSUMER_SECONDS: "5" };
  pods = await Promise.all(["a", "b"].map((name) => Pod.start("whiteboard", name, environment)));
  await Promise.all(pods.map((pod) => pod.untilReady()));
});

afterEach(async () => {
  for (const client of clients.splice(0)) client[Symbol.dispose]();
  for (const pod of pods) await pod[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
});

describe("a client that is frozen beside 50 others on a busy board of two pods", () => {
  test("[W11] is closed as a slow consumer, costs its pod little memory, and the others get everything", async ({
    annotate,
  }) => {
    const [pod, other] = pods;
    const lean = await joinAll(LEAN);
    const fleet = keep(new BoardFleet([pod!.url, other!.url]));
    await fleet.untilLive();
    const anna = keep(await EventSocket.open(other!.url, "websocket"));
    await anna.join({ clients: [ANNA] });
    const frozen = await joinLean(pod!);
    frozen.freeze();
    let n = 0;
    let rounds = 0;
    /** As often as it takes: while the machine is busy, Redis may answer too late. A repeat counts once. */
    const draw = async (text: string): Promise<void> => {
      n += 1;
      const before = anna.received.length;
      const came = () => anna.received.slice(before).filter(([event]) => event === "o");
      const isStored = () =>
        came().some(([, , entries]) => entryNumbers(String(entries)).some(({ clientSeq }) => clientSeq === n));
      await vi.waitFor(async () => isStored() || (await anna.store(ANNA, n, text)), DEADLINE_MS);
    };
    /** The next round begins when everybody has got what this one is long. */
    const drawRound = async (): Promise<void> => {
      for (let count = 0; count < MESSAGES_IN_ROUND; count += 1) {
        // Appends to an item that is not there change nothing, and are sent to everyone all the same.
        await draw(`a1,${pointText(30_000)}`);
      }
      await draw(`p${(rounds + 2).toString(36)},000000,1,,${pointText(2)}`);
      rounds += 1;
      const late = (): LeanClient[] => lean.filter(({ bytes }) => bytes < rounds * MESSAGES_IN_ROUND * 60_000);
      await expect.poll(() => late().length).toBe(0);
    };
    await drawRound();
    const before = await residentMegabytes(pod!);
    for (let round = 0; round < ROUNDS; round += 1) await drawRound();
    await expect.poll(() => slowConsumersClosed(pod!)).toBe(1);
    const after = await residentMegabytes(pod!);
    await annotate(`resident memory ${Math.round(before)} MB before, ${Math.round(after)} MB after`);
    expect(after - before).toBeLessThan(MOST_GROWTH_MEGABYTES);
    expect(await slowConsumersClosed(other!)).toBe(0);
    for (const member of fleet.members) await member.untilItems(ROUNDS + 1);
  });
});
