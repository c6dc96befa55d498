import type { Log } from "@crosspod/service";
import type { Redis } from "ioredis";
import { connectRedisNode, type RedisAddress, type RedisNode, reconnectPause } from "./connection.ts";

/** Called with each message of a channel. */
export type MessageListener = (message: Buffer) => void;

/** How often a channel may be sent on at once: while slots move, nodes may send it around in a circle. */
const MAX_REDIRECTIONS = 2;

const UNREADABLE = "a message that cannot be read is left out";
const REFUSED = "redis refuses a subscription; it is asked again";

/** A connection to one node, and what it is subscribed to, or is asked to be. */
interface Connection {
  readonly client: Redis;
  readonly key: string;
  readonly channels: Set<string>;
}

interface Subscription {
  readonly listener: MessageListener;
  readonly onSubscribed: () => void;
  /** Undefined while it waits for another try. */
  connection: Connection | undefined;
  redirections: number;
}

/**
 * Subscriptions to sharded channels, taken up again, with jitter, for ever. In a cluster each goes where the nodes send
 * it (MOVED), over one connection to each node. They cannot know of messages that were lost meanwhile.
 */
export class RedisSubscriptions {
  readonly #seeds: readonly RedisNode[];
  readonly #log: Log;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #connections = new Map<string, Connection>();
  #retryTimer: NodeJS.Timeout | undefined;
  /** Rounds since any was subscribed last; each asks another node first. */
  #tries = 0;

  constructor(address: RedisAddress, log: Log) {
    this.#seeds = address.kind === "server" ? [address.url] : address.nodes;
    this.#log = log;
  }

  /**
   * Subscribes to a channel.
   * @param onSubscribed is called at each confirmation, the later ones too: messages may have been lost before it.
   */
  subscribe(channel: string, listener: MessageListener, onSubscribed = (): void => {}): void {
    const subscription: Subscription = { listener, onSubscribed, connection: undefined, redirections: 0 };
    this.unsubscribe(channel);
    this.#subscriptions.set(channel, subscription);
    // While a retry is due, no node can be asked.
    if (!this.#retryTimer) this.#place(channel, subscription);
  }

  unsubscribe(channel: string): void {
    const subscription = this.#subscriptions.get(channel);
    if (!subscription) return;
    this.#subscriptions.delete(channel);
    // The connection may be lost, and the subscription with it.
    subscription.connection?.client.sunsubscribe(channel).catch(() => {});
    this.#take(channel, subscription);
  }

  /** Makes the connections anew that serve these channels: they look open, and are dead. */
  reconnect(channels: readonly string[]): void {
    for (const channel of channels) {
      const connection = this.#subscriptions.get(channel)?.connection;
      if (connection) this.#drop(connection);
    }
    this.#placeWaiting();
  }

  close(): void {
    clearTimeout(this.#retryTimer);
    this.#subscriptions.clear();
    for (const connection of [...this.#connections.values()]) this.#drop(connection);
  }

  #place(channel: string, subscription: Subscription, node = this.#seeds[this.#tries % this.#seeds.length]): void {
    if (node === undefined) return;
    const connection = this.#connections.get(keyOf(node)) ?? this.#connect(node);
    subscription.connection = connection;
    connection.channels.add(channel);
    void this.#ask(channel, subscription, connection);
  }

  async #ask(channel: string, subscription: Subscription, connection: Connection): Promise<void> {
    try {
      await connection.client.ssubscribe(channel);
      if (subscription.connection !== connection) return;
      this.#tries = 0;
      subscription.redirections = 0;
      subscription.onSubscribed();
    } catch (error) {
      if (subscription.connection === connection) this.#refused(channel, subscription, error as Error);
    }
  }

  /** Another node serves the channel; or this one cannot at the moment. */
  #refused(channel: string, subscription: Subscription, { name, message }: Error): void {
    const [, host, port] = /^MOVED \d+ (.*):(\d+)$/.exec(message) ?? [];
    const ownHost = subscription.connection?.client.options.host;
    const isAtOnce = port !== undefined && subscription.redirections < MAX_REDIRECTIONS;
    subscription.redirections += 1;
    if (isAtOnce) {
      const before = subscription.connection;
      this.#place(channel, subscription, { host: host || (ownHost ?? ""), port: Number(port) });
      if (before) this.#leave(channel, before);
    } else {
      // One warning a round: the others are most likely refused for the same reason. A lost connection is logged
      // elsewhere.
      if (name === "ReplyError" && !this.#retryTimer) this.#log.warn({ channel, err: message }, REFUSED);
      this.#take(channel, subscription);
      this.#retryLater();
    }
  }

  #connect(node: RedisNode): Connection {
    const connection = { client: connectRedisNode(node, this.#log), key: keyOf(node), channels: new Set<string>() };
    this.#connections.set(connection.key, connection);
    connection.client.on("smessageBuffer", (channel: Buffer, message: Buffer) => {
      const subscription = this.#subscriptions.get(channel.toString());
      // What comes late from a connection that was given up proves nothing.
      if (subscription?.connection === connection) this.#deliver(`${channel}`, subscription, message);
    });
    connection.client.on("end", () => {
      if (this.#connections.get(connection.key) !== connection) return;
      this.#drop(connection);
      this.#retryLater();
    });
    return connection;
  }

  /** A message may be damaged, or from another program; a follower reads what it should have brought. */
  #deliver(channel: string, { listener }: Subscription, message: Buffer): void {
    try {
      listener(message);
    } catch (error) {
      this.#log.error({ channel, bytes: message.length, err: error }, UNREADABLE);
    }
  }

  /** Ends a connection; its subscriptions wait for another one. */
  #drop(connection: Connection): void {
    this.#connections.delete(connection.key);
    for (const channel of connection.channels) {
      const subscription = this.#subscriptions.get(channel);
      if (subscription?.connection === connection) subscription.connection = undefined;
    }
    connection.client.disconnect();
  }

  #take(channel: string, subscription: Subscription): void {
    const { connection } = subscription;
    subscription.connection = undefined;
    if (connection) this.#leave(channel, connection);
  }

  #leave(channel: string, connection: Connection): void {
    connection.channels.delete(channel);
    if (connection.channels.size === 0) this.#drop(connection);
  }

  #retryLater(): void {
    if (this.#retryTimer) return;
    this.#tries += 1;
    this.#retryTimer = setTimeout(() => this.#placeWaiting(), reconnectPause(this.#tries));
  }

  #placeWaiting(): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    for (const [channel, subscription] of this.#subscriptions) {
      if (subscription.connection) continue;
      subscription.redirections = 0;
      this.#place(channel, subscription);
    }
  }
}

const keyOf = (node: RedisNode): string => (typeof node === "string" ? node : `${node.host}:${node.port}`);
