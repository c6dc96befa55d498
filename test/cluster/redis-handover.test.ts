import { rename, rm } from "node:fs/promises";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FeedFleet } from "../helpers/feed/feed-fleet.ts";
import { SteadyPublisher } from "../helpers/feed/steady-publisher.ts";
import { felt } from "../helpers/fleet.ts";
import { Gateway } from "../helpers/network/gateway.ts";
import { HAS_FLOCK, RedisDeployment, type RedisPod } from "../helpers/redis/redis-deployment.ts";
import { Pod } from "../helpers/service/pod.ts";

/** For what a container that is started again has to say. */
const WAIT = { timeout: 30_000 } as const;

let redis: RedisDeployment;
let first: RedisPod;

beforeEach(async () => {
  redis = await RedisDeployment.create();
  first = await redis.add();
  await first.untilReady();
});

afterEach(() => redis[Symbol.asyncDispose]());

/** A successor of the living one, that has all that it has. */
async function addReady(): Promise<RedisPod> {
  const pod = await redis.add();
  await pod.untilReady();
  return pod;
}

/** Resolves when nothing is left of those who went. */
const untilOnlyClaimed = (): Promise<void> =>
  vi.waitFor(async () => expect(await redis.directories()).toEqual([(await redis.claim()).directory]), WAIT);

// On macOS, which has no flock(1), the script cannot run: there is nothing to be seen.
describe.skipIf(!HAS_FLOCK)("Redis' pod on Kubernetes", () => {
  let gateway: Gateway;
  let pods: Pod[];
  let fleet: FeedFleet;
  let publisher: SteadyPublisher;

  beforeEach(async () => {
    gateway = await Gateway.start();
    pods = await Promise.all(["a", "b"].map((name) => Pod.start("broadcaster", name, { REDIS_URL: redis.url })));
    for (const pod of pods) await gateway.watch(pod);
    fleet = new FeedFleet(gateway.url, 10);
    await fleet.untilLive();
    publisher = new SteadyPublisher(gateway.url);
  });

  afterEach(async () => {
    fleet[Symbol.dispose]();
    await gateway[Symbol.asyncDispose]();
    for (const pod of pods) await pod[Symbol.asyncDispose]();
  });

  /** Everything that was acknowledged is there, for who is here and for who comes, in one order and one epoch. */
  async function expectNothingLost(): Promise<void> {
    const { size } = publisher.published;
    await expect.poll(() => publisher.published.size).toBeGreaterThan(size + 1);
    await publisher.stop();
    using late = new FeedFleet(gateway.url, 1);
    await late.untilShown(publisher.published);
    await fleet.untilShown(publisher.published);
    expect(fleet.members.filter(({ outOfOrder, restarts }) => outOfOrder + restarts > 0)).toEqual([]);
  }

  test("[B1] [B8] [B9] that is told to end hands over to the next, again and again", async ({ annotate }) => {
    for (let [old, count] = [first, 1]; count <= 2; count += 1) {
      const { term } = await redis.claim();
      const next = await addReady();
      const deletion = felt(fleet, "deleted", () => old.delete());
      await redis.untilClaimed(next);
      await annotate(await deletion);
      // It did not start with the data of one that had ended.
      await vi.waitFor(() => expect(next.log).toContain(`has taken over, term ${term + 1}`), WAIT);
      expect((await redis.claim()).term).toBe(term + 1);
      await untilOnlyClaimed();
      old = next;
    }
    await expectNothingLost();
  });

  test("[B1] [B8] [B9] that is killed is started again with its data, by whoever is first", async () => {
    await addReady();
    const { directory } = await redis.claim();
    await first.crash();
    await expectClaimed(directory);
    await expectNothingLost();
  });

  test("[B1] [B8] [B9] that is killed and gone leaves its data, not its copy, to the next", async () => {
    const second = await addReady();
    const { directory } = await redis.claim();
    await first.destroy();
    await redis.untilClaimed(second);
    expect((await redis.claim()).directory).toBe(directory);
    await second.untilReady();
    await untilOnlyClaimed();
    await expectNothingLost();
  });

  test("[B1] [B8] [B9] that is killed after its data were given away leaves them to the next", async () => {
    const second = await addReady();
    const deletion = first.delete();
    await redis.untilClaimed(second);
    second.signal("SIGSTOP");
    await first.destroy();
    second.signal("SIGCONT");
    await deletion;
    await untilOnlyClaimed();
    await expectNothingLost();
  });

  test("[B1] [B8] [B9] that is killed before it takes over what it was given starts again with it", async () => {
    const second = await addReady();
    const deletion = first.delete();
    await redis.untilClaimed(second);
    second.signal("SIGSTOP");
    const { directory } = await redis.claim();
    await second.crash();
    await deletion;
    await expectClaimed(directory);
    await second.untilReady();
    await expectNothingLost();
  });

  test("[B1] [B8] [B9] goes on when its data do not get to the next one, and hands over when they do", async () => {
    const second = await addReady();
    const deletion = first.delete();
    await untilChosen(second);
    second.signal("SIGSTOP");
    await expect.poll(() => publisher.refusals).toBeGreaterThan(0);
    const { size } = publisher.published;
    await expect.poll(() => publisher.published.size).toBeGreaterThan(size + 1);
    expect((await redis.claim()).port).toBe(first.port);
    second.signal("SIGCONT");
    await redis.untilClaimed(second);
    await deletion;
    await expectNothingLost();
  });

  test("[B1] [B8] [B9] waits for another successor when the first one goes", async () => {
    const second = await redis.add();
    const deletion = first.delete();
    await second.destroy();
    const third = await addReady();
    await redis.untilClaimed(third);
    await deletion;
    await expectNothingLost();
  });

  test("[B1] [B8] [B9] killed together with its successor starts again with its data", async () => {
    const second = await addReady();
    const { directory } = await redis.claim();
    await Promise.all([first.crash(), second.crash()]);
    await expectClaimed(directory);
    await expectNothingLost();
  });
});

describe.skipIf(!HAS_FLOCK)("Redis' volume", () => {
  test("is for one that takes writes: a replica takes none", async () => {
    const second = await addReady();
    const client = connect(second.url);
    await expect(client.set("key", "value")).rejects.toThrow("READONLY");
    await client.replicaof("NO", "ONE");
    await expect(client.set("key", "value")).rejects.toThrow("NOREPLICAS");
    client.disconnect();
  });

  test("goes to nobody when no successor comes, and the next one has the data", async () => {
    await first.destroy();
    const alone = await redis.add({ SUCCESSOR_SECONDS: "1" });
    await alone.untilReady();
    const client = connect(redis.url);
    await client.set("key", "value");
    await alone.delete();
    expect(alone.isRunning).toBe(false);
    await addReady();
    await expect.poll(() => client.get("key").catch(() => undefined)).toBe("value");
    client.disconnect();
  });

  test.each([
    { what: "without a claim", missing: () => "primary", says: "there are data, and no claim" },
    { what: "without what is claimed", missing: claimedDirectory, says: "is not there" },
  ])("$what is not taken for an empty one", async ({ missing, says }) => {
    await first.destroy();
    const name = `${redis.volume}/${await missing()}`;
    await rename(name, `${redis.volume}/kept`);
    const next = await redis.add();
    await vi.waitFor(() => expect(next.log).toContain(says), WAIT);
    await next.destroy();
    await rm(name, { force: true });
    await rename(`${redis.volume}/kept`, name);
    await addReady();
  });
});

async function claimedDirectory(): Promise<string> {
  return (await redis.claim()).directory;
}

/** Resolves when a directory is claimed anew, whoever does that. */
async function expectClaimed(directory: string): Promise<void> {
  await vi.waitFor(async () => {
    const { port } = await redis.claim();
    const client = new Redis(port, "127.0.0.1", { lazyConnect: true, retryStrategy: () => null });
    client.on("error", () => {});
    await client.connect();
    const [, dir] = (await client.config("GET", "dir")) as string[];
    client.disconnect();
    expect(dir).toBe(`${redis.volume}/${directory}`);
  }, WAIT);
}

/** A client that goes on after its connection was lost. */
function connect(url: string): Redis {
  const client = new Redis(url);
  client.on("error", () => {});
  return client;
}

/** Resolves when the one that leaves has asked this one for its directory, the last thing before it hands over. */
async function untilChosen(pod: RedisPod): Promise<void> {
  const client = connect(pod.url);
  await expect.poll(() => client.info("commandstats")).toContain("cmdstat_config|get:");
  client.disconnect();
}
