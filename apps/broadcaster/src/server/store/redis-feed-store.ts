import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { FeedState, Position, Update } from "@crosspod/protocol";
import {
  connectRedis,
  describeRedisError,
  LogFollower,
  pairs,
  type ReadCause,
  type Reading,
  type RedisAddress,
  type RedisClient,
  RedisSubscriptions,
  SubscriptionProbe,
} from "@crosspod/redis";
import type { Log } from "@crosspod/service";
import type { Result } from "ioredis";
import { type FeedListener, type FeedStore, FeedStoreError, tooManyIds } from "./feed-store.ts";
import APPEND from "./lua/append.lua?raw";
import MARK from "./lua/mark.lua?raw";
import PRELUDE from "./lua/prelude.lua?raw";
import READ from "./lua/read.lua?raw";
import { parseMessage, parseValues, type UpdateBatch, type Whole } from "./redis-feed-codec.ts";

declare module "ioredis" {
  interface RedisCommander<Context> {
    feedAppend(...args: (string | number)[]): Result<number, Context>;
    feedMark(...args: (string | number)[]): Result<null, Context>;
    feedRead(...args: (string | number)[]): Result<ReadReply, Context>;
  }
}

type PositionReply = readonly [epoch: string, revision: number, token: string];
type ReadReply = readonly [...PositionReply, values: readonly string[], tokens: readonly string[]];

/** Between two tries to read the first snapshot. */
const RETRY_PAUSE_MS = 100;

export interface RedisFeedStoreOptions {
  readonly address: RedisAddress;
  /** Pods of the same name share one feed. It is the hash tag of the keys, so it decides the slot in a cluster. */
  readonly name: string;
  readonly maxIds: number;
  readonly log: Log;
  readonly onRead: (cause: ReadCause) => void;
}

/** A feed store that all pods share through Redis: one script orders, stores and publishes a batch in one step. */
export class RedisFeedStore implements FeedStore {
  readonly #options: RedisFeedStoreOptions;
  readonly #commands: RedisClient;
  readonly #subscriptions: RedisSubscriptions;
  /** Not the channel of earlier versions, whose messages are of another form. */
  readonly #channel: string;
  readonly #keys: readonly [meta: string, values: string, tokens: string];
  readonly #listeners = new Map<LogFollower<UpdateBatch, Whole>, FeedListener>();
  readonly #probe: SubscriptionProbe;
  #subscribed: Promise<unknown> | undefined;
  #closed = false;

  constructor(options: RedisFeedStoreOptions) {
    const { address, log, name } = options;
    const prefix = `crosspod:{${name}}`;
    this.#options = options;
    this.#channel = `${prefix}:updates`;
    this.#keys = [`${prefix}:meta`, `${prefix}:values`, `${prefix}:tokens`];
    this.#commands = connectRedis(address, log);
    for (const [command, lua] of Object.entries({ feedAppend: APPEND, feedMark: MARK, feedRead: READ })) {
      this.#commands.defineCommand(command, { lua: PRELUDE + lua, numberOfKeys: this.#keys.length });
    }
    this.#subscriptions = new RedisSubscriptions(address, log);
    this.#probe = new SubscriptionProbe({
      send: (marker) => this.#commands.feedMark(...this.#prelude(), marker),
      changed: () => this.#sendState(),
      reconnect: () => this.#reconnect(),
    });
  }

  async append(updates: readonly Update[]): Promise<number> {
    const { maxIds } = this.#options;
    const values = updates.flatMap(({ id, value }) => [id, value]);
    const args = [...this.#prelude(), maxIds, JSON.stringify(values), ...values];
    const revision = await this.#commands.feedAppend(...args).catch(asUnavailable);
    if (revision < 0) throw tooManyIds(maxIds);
    return revision;
  }

  async subscribe(listener: FeedListener): Promise<void> {
    this.#subscribed ??= this.#start();
    await this.#subscribed;
    const follower = new LogFollower<UpdateBatch, Whole>({
      read: (known) => this.#read(known),
      reset: ({ epoch, seq, updates }) => listener.reset({ epoch, revision: seq, updates }),
      append: ({ updates }) => listener.updates(updates),
      onRead: this.#options.onRead,
    });
    this.#listeners.set(follower, listener);
    await this.#untilAvailable(() => follower.read("start"));
    listener.state(this.#state);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#probe.stop();
    this.#listeners.clear();
    this.#commands.disconnect();
    this.#subscriptions.close();
  }

  get #state(): FeedState {
    return this.#probe.alive ? "live" : "stale";
  }

  async #start(): Promise<void> {
    await new Promise<void>((resolve) => {
      const subscribed = (): void => {
        this.#readMissed();
        resolve();
      };
      this.#subscriptions.subscribe(this.#channel, (message) => this.#received(message), subscribed);
    });
    await this.#probe.start();
  }

  /** Messages may have been lost while the subscription was not there. */
  #readMissed(): void {
    // When it fails, the next marker tells whether something is missing.
    for (const follower of this.#listeners.keys()) follower.read("resubscribed").catch(() => {});
  }

  /** Tries until the store is there; the connections come back by themselves. */
  async #untilAvailable(read: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await read();
      } catch (error) {
        if (this.#closed || !(error instanceof FeedStoreError)) throw error;
        await sleep(RETRY_PAUSE_MS);
      }
    }
  }

  /** What every script begins with: it compares what this pod knows to the store, which may have fallen back. */
  #prelude(known?: Position): (string | number)[] {
    const position = known ?? this.#listeners.keys().next().value?.position;
    const { epoch, seq, token } = position ?? { epoch: "", seq: 0, token: "" };
    return [...this.#keys, this.#channel, randomUUID(), epoch, seq, token];
  }

  async #read(known: Position | undefined): Promise<Reading<UpdateBatch, Whole>> {
    const reply = await this.#commands.feedRead(...this.#prelude(known)).catch(asUnavailable);
    const [epoch, seq, token, values, tokens] = reply;
    const updates = parseValues(values);
    const recent = { tokens: pairs(tokens).map(([of, revision]) => [Number(revision), of] as const) };
    if (known?.epoch !== epoch) return { whole: { epoch, seq, token, updates }, ...recent };
    const missed = updates.filter(({ revision }) => revision > known.seq);
    const link = { previous: known.token, firstSeq: known.seq + 1 };
    return { rest: { epoch, seq, token, ...link, updates: missed }, ...recent };
  }

  #received(message: Buffer): void {
    const { batch, marker } = parseMessage(message);
    for (const follower of this.#listeners.keys()) follower.receive(batch);
    if (marker) this.#probe.received(marker);
  }

  /** Makes both connections anew: late answers of one that was dead for long would be taken for others. */
  #reconnect(): void {
    this.#commands.disconnect(true);
    this.#subscriptions.reconnect([this.#channel]);
  }

  /** A listener hears the state after its data set only. */
  #sendState(): void {
    for (const [{ position }, listener] of this.#listeners) if (position) listener.state(this.#state);
  }
}

function asUnavailable(error: Error): never {
  throw new FeedStoreError("unavailable", describeRedisError(error));
}
