import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { CommittedUpdate, Update } from "@crosspod/protocol";
import {
  connectRedis,
  describeRedisError,
  type RedisAddress,
  type RedisClient,
  RedisSubscriptions,
  SubscriptionProbe,
} from "@crosspod/redis";
import type { Log } from "@crosspod/service";
import type { Result } from "ioredis";
import { type Channel, ChannelError, type ChannelListener, type Snapshot, type Unsubscribe } from "./channel.ts";
import { ChannelFollower, type PublishedBatch, type ResyncCause } from "./channel-follower.ts";
import { MARK, PUBLISH, SNAPSHOT } from "./redis-channel-scripts.ts";

declare module "ioredis" {
  interface RedisCommander<Context> {
    feedPublish(...args: (string | number)[]): Result<Reply, Context>;
    feedMark(...args: (string | number)[]): Result<Reply, Context>;
    feedSnapshot(...args: (string | number)[]): Result<Reply, Context>;
  }
}

/** Between two tries to read the first snapshot. */
const RETRY_PAUSE_MS = 100;

/** A script's reply: the epoch and a revision, and from the snapshot the ids and values, one after the other. */
type Reply = readonly [epoch: string, revision: number, values?: readonly string[]];

export interface RedisChannelOptions {
  readonly address: RedisAddress;
  /** Pods of the same name share one feed. It is the hash tag of the keys, so it decides the slot in a cluster. */
  readonly name: string;
  readonly maxIds: number;
  readonly log: Log;
  readonly resynced: (cause: ResyncCause) => void;
}

/** A channel that all pods share through Redis: one script orders, stores and publishes a batch in one step. */
export class RedisChannel implements Channel {
  readonly #options: RedisChannelOptions;
  readonly #commands: RedisClient;
  readonly #subscriptions: RedisSubscriptions;
  /** Of the keys and the channel: what every script begins with. */
  readonly #names: readonly [meta: string, values: string, channel: string];
  readonly #followers = new Set<ChannelFollower>();
  readonly #proof: SubscriptionProbe;
  #seen = { epoch: "", revision: 0 };
  #subscribed: Promise<unknown> | undefined;
  #closed = false;

  constructor(options: RedisChannelOptions) {
    const { address, log, name } = options;
    const prefix = `crosspod:{${name}}`;
    this.#options = options;
    this.#names = [`${prefix}:meta`, `${prefix}:values`, prefix];
    this.#commands = connectRedis(address, log);
    this.#commands.defineCommand("feedPublish", { lua: PUBLISH, numberOfKeys: 2 });
    this.#commands.defineCommand("feedMark", { lua: MARK, numberOfKeys: 2 });
    this.#commands.defineCommand("feedSnapshot", { lua: SNAPSHOT, numberOfKeys: 2 });
    this.#subscriptions = new RedisSubscriptions(address, log);
    this.#proof = new SubscriptionProbe({
      send: (marker) => this.#commands.feedMark(...this.#prelude(), marker),
      changed: (alive) => this.#aliveChanged(alive),
      reconnect: () => this.#reconnect(),
    });
  }

  async publish(updates: readonly Update[]): Promise<number> {
    const values = updates.flatMap(({ id, value }) => [id, value]);
    const args = [...this.#prelude(), this.#options.maxIds, JSON.stringify(values), ...values];
    const [epoch, revision] = await this.#commands.feedPublish(...args).catch(asUnavailable);
    const { maxIds } = this.#options;
    if (revision < 0) throw new ChannelError("too-many-ids", `the feed would hold more than ${maxIds} ids`, maxIds);
    this.#see(epoch, revision);
    return revision;
  }

  async snapshot(): Promise<Snapshot> {
    const [epoch, revision, values = []] = await this.#commands.feedSnapshot(...this.#prelude()).catch(asUnavailable);
    this.#see(epoch, revision);
    return { epoch, revision, updates: parseValues(values) };
  }

  async subscribe(listener: ChannelListener): Promise<Unsubscribe> {
    this.#subscribed ??= this.#start();
    await this.#subscribed;
    const follower = new ChannelFollower(listener, () => this.snapshot(), this.#options.resynced);
    this.#followers.add(follower);
    await this.#untilAvailable(() => follower.resync("start"));
    follower.state(this.#proof.alive ? "live" : "stale");
    return () => this.#followers.delete(follower);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#proof.stop();
    this.#followers.clear();
    this.#commands.disconnect();
    this.#subscriptions.close();
  }

  async #start(): Promise<void> {
    await this.#subscriptions.subscribe(this.#names[2], (message) => this.#received(message.toString()));
    await this.#proof.start();
  }

  /** Tries until the store is there; the connections come back by themselves. */
  async #untilAvailable(read: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await read();
      } catch (error) {
        if (this.#closed || !(error instanceof ChannelError)) throw error;
        await sleep(RETRY_PAUSE_MS);
      }
    }
  }

  #prelude(): (string | number)[] {
    return [...this.#names, randomUUID(), this.#seen.epoch, this.#seen.revision];
  }

  #see(epoch: string, revision: number): void {
    const isNewer = epoch !== this.#seen.epoch || revision > this.#seen.revision;
    if (isNewer) this.#seen = { epoch, revision };
  }

  /** Messages are `u EPOCH FIRST AT JSON` for updates and `m EPOCH REVISION MARKER` for markers. */
  #received(message: string): void {
    const [kind, epoch = "", revision = "", ...rest] = message.split(" ");
    if (kind === "m") return this.#receivedMarker(epoch, Number(revision), rest[0] ?? "");
    const batch = parseBatch(epoch, Number(revision), Number(rest[0]), rest.slice(1).join(" "));
    for (const follower of this.#followers) follower.receive(batch);
  }

  #receivedMarker(epoch: string, revision: number, marker: string): void {
    this.#see(epoch, revision);
    for (const follower of this.#followers) follower.receiveHead(epoch, revision);
    this.#proof.received(marker);
  }

  /** Makes both connections anew: one that looks open may have been dead for long, and its late answers would be taken for others. */
  #reconnect(): void {
    this.#commands.disconnect(true);
    this.#subscriptions.renew([this.#names[2]]);
  }

  #aliveChanged(alive: boolean): void {
    for (const follower of this.#followers) follower.state(alive ? "live" : "stale");
  }
}

function parseBatch(epoch: string, first: number, at: number, json: string): PublishedBatch {
  const values: string[] = JSON.parse(json);
  const updates: CommittedUpdate[] = [];
  for (let index = 0; index < values.length; index += 2) {
    const [id = "", value = ""] = values.slice(index, index + 2);
    updates.push({ id, value, revision: first + index / 2, at });
  }
  return { epoch, updates };
}

/** Reads the hash of ids and `REVISION AT VALUE`. */
function parseValues(values: readonly string[]): CommittedUpdate[] {
  const updates: CommittedUpdate[] = [];
  for (let index = 0; index < values.length; index += 2) {
    const [id = "", stored = ""] = values.slice(index, index + 2);
    const [revision, at, ...value] = stored.split(" ");
    updates.push({ id, value: value.join(" "), revision: Number(revision), at: Number(at) });
  }
  return updates.sort((a, b) => a.revision - b.revision);
}

function asUnavailable(error: Error): never {
  throw new ChannelError("unavailable", describeRedisError(error));
}
