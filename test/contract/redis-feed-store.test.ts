import type { ReadCause, RedisAddress } from "@crosspod/redis";
import { Redis } from "ioredis";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { RedisFeedStore } from "../../apps/broadcaster/src/server/store/redis-feed-store.ts";
import { RedisCluster } from "../helpers/redis/redis-cluster.ts";
import { RedisServer } from "../helpers/redis/redis-server.ts";
import { describeFeedStore, RecordingListener, snapshotOf } from "./feed-store.contract.ts";

let redis: RedisServer;
let cluster: RedisCluster;
let stores = 0;
const started: AsyncDisposable[] = [];

beforeAll(async () => {
  redis = await RedisServer.start();
  started.push(redis);
  cluster = await RedisCluster.start();
  started.push(cluster);
});

afterAll(async () => {
  await Promise.all(started.map((each) => each[Symbol.asyncDispose]()));
});

/** Why the store was read. */
const causes: ReadCause[] = [];

const makeStore = (address: RedisAddress, name: string, maxIds = 1_000): RedisFeedStore =>
  new RedisFeedStore({
    address,
    name,
    maxIds,
    log: pino({ level: "silent" }),
    onRead: (cause) => causes.push(cause),
  });

async function createFeedStore(address: RedisAddress, maxIds: number): Promise<RedisFeedStore> {
  stores += 1;
  const store = makeStore(address, `test-${stores}`, maxIds);
  // It resolves once the store is reached.
  await store.subscribe({ reset: () => {}, updates: () => {}, state: () => {} });
  return store;
}

/** How often Redis has read from a connection. */
async function countReads(client: Redis): Promise<number> {
  const stats = await client.info("stats");
  return Number(/total_reads_processed:(\d+)/.exec(stats)?.[1]);
}

const server = (): RedisAddress => ({ kind: "server", url: redis.url });

describeFeedStore("RedisFeedStore", ({ maxIds }) => createFeedStore(server(), maxIds));

describeFeedStore("RedisFeedStore over a cluster", ({ maxIds }) =>
  createFeedStore({ kind: "cluster", nodes: cluster.nodes }, maxIds),
);

test("publishes of one turn of the event loop share a round trip to Redis", async () => {
  const store = await createFeedStore(server(), 100);
  const client = new Redis(redis.url);
  const before = await countReads(client);
  await Promise.all(Array.from({ length: 100 }, (_, id) => store.append([{ id: `${id}`, value: "300" }])));
  expect((await countReads(client)) - before).toBeLessThan(20);
  client.disconnect();
  await store.close();
});

describe("a feed in Redis", () => {
  let admin: Redis;
  let name: string;
  const open: RedisFeedStore[] = [];

  /** A pod's store and what it heard. */
  async function join(address = server()): Promise<{ store: RedisFeedStore; listener: RecordingListener }> {
    const [store, listener] = [makeStore(address, name), new RecordingListener()];
    open.push(store);
    await store.subscribe(listener);
    return { store, listener };
  }

  const publish = async (store: RedisFeedStore, count: number, value: string): Promise<void> => {
    for (let id = 0; id < count; id += 1) await store.append([{ id: `${id}`, value }]);
  };

  /** Everything that is stored of the feed. */
  const dump = async (): Promise<Map<string, Buffer>> => {
    const keys = await admin.keys(`crosspod:{${name}}*`);
    return new Map(await Promise.all(keys.map(async (key) => [key, (await admin.dumpBuffer(key))!] as const)));
  };

  /** All at once, as a server that starts with an older copy: half of it would be a third history. */
  const restore = async (copy: ReadonlyMap<string, Buffer>): Promise<void> => {
    const transaction = admin.multi();
    for (const [key, value] of copy) transaction.restore(key, 0, value, "REPLACE");
    await transaction.exec();
  };

  async function expectNewEpoch(epoch: string, pods: readonly Awaited<ReturnType<typeof join>>[]): Promise<void> {
    for (const { store, listener } of pods) {
      await expect.poll(() => heldBy(listener).epoch).not.toBe(epoch);
      const all = await stored(store);
      await expect.poll(() => heldBy(listener)).toEqual(all);
    }
  }

  /** What a listener holds by all that it was told: ids and values, and the epoch. */
  const heldBy = ({ snapshots, updatesHeard }: RecordingListener): { epoch: string | undefined; values: object } => {
    const { epoch, updates = [] } = snapshots.at(-1) ?? {};
    const all = [...updates, ...updatesHeard.slice(updatesHeard.findLastIndex(({ value }) => value === "before") + 1)];
    return { epoch, values: Object.fromEntries(all.map(({ id, value }) => [id, value])) };
  };

  const stored = async (store: RedisFeedStore): Promise<ReturnType<typeof heldBy>> => {
    const { epoch, updates } = await snapshotOf(store);
    return { epoch, values: Object.fromEntries(updates.map(({ id, value }) => [id, value])) };
  };

  beforeEach(() => {
    stores += 1;
    causes.length = 0;
    name = `test-${stores}`;
    admin = new Redis(redis.url);
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((store) => store.close()));
    admin.disconnect();
  });

  test.each(["a pod that knows nothing", "one that has published", "one that has heard of it"])(
    "[B8] that fell back and went another way begins a new epoch for everybody, though %s writes first",
    async (first) => {
      const [author, reader] = [await join(), await join()];
      await publish(author.store, 3, "before");
      const copy = await dump();
      await publish(author.store, 8, "before");
      await reader.listener.untilRevision(11);
      await restore(copy);
      const writers = [await join(), author, reader];
      const writer = writers[["a pod that knows nothing", "one that has published"].indexOf(first)] ?? reader;
      // More at once than was lost: the revisions alone tell nothing.
      await writer.store.append(Array.from({ length: 20 }, (_, id) => ({ id: `${id}`, value: "after" })));
      await expectNewEpoch(author.listener.snapshots[0]!.epoch, writers);
    },
  );

  test("[B8] that fell back begins a new epoch, though all that is left is a pod that has heard of it and writes nothing", async () => {
    const [author, reader] = [await join(), await join()];
    await publish(author.store, 3, "before");
    const copy = await dump();
    await publish(author.store, 8, "before");
    await reader.listener.untilRevision(11);
    await author.store.close();
    await restore(copy);
    await expectNewEpoch(reader.listener.snapshots[0]!.epoch, [reader]);
  });

  test("[B8] whose newest value is older than any token's begins anew with one token", async () => {
    const { store } = await join();
    await publish(store, 3, "before");
    await admin.del(`crosspod:{${name}}:meta`, `crosspod:{${name}}:values`);
    expect(await store.append([{ id: "8", value: "after" }])).toBe(1);
    expect(await admin.zcard(`crosspod:{${name}}:tokens`)).toBe(2);
  });

  test("[B8] is where it was while nothing is appended, and goes on when its tokens are lost", async () => {
    const { store, listener } = await join();
    const token = () => admin.hget(`crosspod:{${name}}:meta`, "token");
    const first = await token();
    expect(first).toMatch(/:begin$/);
    await join();
    expect(await token()).toBe(first);
    await publish(store, 3, "before");
    await listener.untilRevision(3);
    await admin.del(`crosspod:{${name}}:tokens`);
    expect(await store.append([{ id: "8", value: "after" }])).toBe(4);
    await expect.poll(() => heldBy(listener).values).toMatchObject({ 0: "before", 8: "after" });
  });

  test("[B8] goes on in its epoch for a pod that missed more batches than have a token", async () => {
    await admin.call("ACL", "SETUSER", "reader", "on", ">secret", "allkeys", "allchannels", "+@all");
    const reader = await join({ kind: "server", url: redis.url.replace("//", "//reader:secret@") });
    const author = await join();
    await publish(author.store, 1, "before");
    await reader.listener.untilRevision(1);
    await admin.call("ACL", "SETUSER", "reader", "-ssubscribe");
    expect(await admin.call("CLIENT", "KILL", "USER", "reader", "TYPE", "pubsub")).toBe(1);
    const updates = Array.from({ length: 600 }, (_, id) => ({ id: `${id}`, value: "after" }));
    await Promise.all(updates.map((update) => author.store.append([update])));
    expect(await admin.zcard(`crosspod:{${name}}:tokens`)).toBe(512);
    expect(reader.listener.updatesHeard).toHaveLength(1);
    await admin.call("ACL", "SETUSER", "reader", "+ssubscribe");
    await reader.listener.untilRevision(601);
    expect(reader.listener.snapshots).toHaveLength(1);
  });

  test("[B8] is not read for what is known: markers, and messages that come again, also of what a pod has read", async () => {
    const channel = `crosspod:{${name}}:updates`;
    const messages: string[] = [];
    const subscriber = new Redis(redis.url);
    subscriber.on("smessage", (_channel, message: string) => messages.push(message));
    await subscriber.ssubscribe(channel);
    const markers = (): number => messages.filter((message) => message.startsWith("m ")).length;
    const author = await join();
    await publish(author.store, 3, "before");
    await author.listener.untilRevision(3);
    const late = await join();
    causes.length = 0;
    const before = markers();
    for (const message of messages.filter((text) => !text.startsWith("m "))) await admin.spublish(channel, message);
    await expect.poll(markers).toBeGreaterThan(before + 4);
    subscriber.disconnect();
    expect(causes).toEqual([]);
    expect(late.listener.updatesHeard).toEqual([]);
  });

  test("[B8] is read as soon as a subscription is there again", async () => {
    await join();
    await admin.call("CLIENT", "KILL", "TYPE", "pubsub");
    await expect.poll(() => causes).toContain("resubscribed");
  });

  test("[B4] of a version without tokens goes on where it was, also while pods of that version publish to it", async () => {
    const [meta, values] = [`crosspod:{${name}}:meta`, `crosspod:{${name}}:values`];
    const appendAsBefore = (id: string, revision: number): Promise<unknown> =>
      admin.multi().hset(values, id, `${revision} 1 ${id}`).hset(meta, { epoch: "old", revision }).exec();
    await appendAsBefore("1", 1);
    const { store, listener } = await join();
    expect(heldBy(listener)).toEqual({ epoch: "old", values: { 1: "1" } });
    expect(await store.append([{ id: "2", value: "2" }])).toBe(2);
    await appendAsBefore("3", 3);
    await listener.untilRevision(3);
    expect(await store.append([{ id: "4", value: "4" }])).toBe(4);
    await listener.untilRevision(4);
    expect(heldBy(listener)).toEqual({ epoch: "old", values: { 1: "1", 2: "2", 3: "3", 4: "4" } });
    expect(listener.snapshots).toHaveLength(1);
  });

  describe("[B3] refuses before it changes anything", () => {
    /** Publishes, and expects a refusal for this reason and that nothing is stored by it. */
    async function expectRefused(store: RedisFeedStore, reason: RegExp): Promise<void> {
      const before = await dump();
      const update = [{ id: "8", value: "refused" }];
      await expect.poll(() => store.append(update).catch(({ message }) => message)).toMatch(reason);
      await expect(store.append(update)).rejects.toMatchObject({ code: "unavailable" });
      expect(await dump()).toEqual(before);
    }

    /** A pod's store that is connected, and waits for its subscription if it may not have one. */
    const connect = (user?: string): RedisFeedStore => {
      const url = user ? redis.url.replace("//", `//${user}:secret@`) : redis.url;
      const store = makeStore({ kind: "server", url }, name);
      open.push(store);
      return store;
    };

    test.each(["a feed that is there", "a new feed"])(
      "a user who may not publish to channels, for %s",
      async (which) => {
        if (which === "a feed that is there") await publish((await join()).store, 3, "before");
        await admin.call("ACL", "SETUSER", "mute", "on", ">secret", "~*", "+@all", "resetchannels");
        await expectRefused(connect("mute"), /the store refuses: .*(channel|permission)/);
      },
    );

    test.each(
      ["spublish", "hset", "zadd", "zremrangebyrank"].flatMap((command) => [
        [command, "the same"],
        [command, "another"],
      ]),
    )("a user without the command %s, for %s epoch", async (command, epoch) => {
      await publish((await join()).store, 3, "before");
      await open.pop()?.close();
      if (epoch === "another") await admin.hdel(`crosspod:{${name}}:meta`, "epoch");
      await admin.call("ACL", "SETUSER", command!, "on", ">secret", "~*", "&*", "+@all", `-${command}`);
      await expectRefused(connect(command), /the store refuses: .*(command|permission)/);
    });

    test.each(["the same", "another"])("a server whose memory is full, for %s epoch", async (epoch) => {
      const { store } = await join();
      await publish(store, 3, "before");
      await admin.config("SET", "maxmemory", "1");
      if (epoch === "another") await admin.hdel(`crosspod:{${name}}:meta`, "epoch");
      await expectRefused(store, /OOM/).finally(() => admin.config("SET", "maxmemory", "0"));
    });

    test("a server that takes no writes", async () => {
      const { store } = await join();
      await publish(store, 3, "before");
      await admin.call("REPLICAOF", "127.0.0.1", "1");
      await expectRefused(connect(), /READONLY/).finally(() => admin.call("REPLICAOF", "NO", "ONE"));
    });

    test.each(["meta", "values", "tokens"])("a key %s that holds something else", async (key) => {
      const { store } = await join();
      await publish(store, 3, "before");
      await admin.set(`crosspod:{${name}}:${key}`, "something else");
      await expectRefused(store, /WRONGTYPE/);
    });
  });
});
