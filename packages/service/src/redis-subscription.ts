import type { Redis } from "ioredis";
import type { Log } from "./log.ts";
import { connectRedisNode, type RedisAddress, type RedisNode, reconnectPause } from "./redis.ts";

export interface RedisSubscriptionOptions {
  readonly address: RedisAddress;
  /** A sharded channel. */
  readonly channel: string;
  readonly log: Log;
  /** Told each message. */
  readonly received: (message: string) => void;
}

/**
 * A subscription to one sharded channel over a connection of its own, made again, with jitter, for ever. In a cluster it asks one node after the other and goes where that one sends it (MOVED), so it holds one connection
 * however many nodes there are. It cannot know of messages that were lost meanwhile.
 */
export class RedisSubscription {
  readonly #options: RedisSubscriptionOptions;
  readonly #nodes: readonly RedisNode[];
  #client: Redis | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  /** Since it was subscribed last. */
  #tries = 0;
  #subscribed: () => void = () => {};

  constructor(options: RedisSubscriptionOptions) {
    const { address } = options;
    this.#options = options;
    this.#nodes = address.kind === "server" ? [address.url] : address.nodes;
  }

  /** Resolves when it is subscribed for the first time. */
  start(): Promise<void> {
    this.#connect();
    return new Promise((resolve) => {
      this.#subscribed = resolve;
    });
  }

  /** Makes the connection anew, at once: it looks open, and is dead. */
  renew(): void {
    this.#leave();
    this.#connect();
  }

  close(): void {
    this.#leave();
  }

  #connect(node = this.#nodes[this.#tries % this.#nodes.length]): void {
    if (node === undefined) return;
    this.#tries += 1;
    const client = connectRedisNode(node, this.#options.log);
    this.#client = client;
    client.on("smessage", (_channel: string, message: string) => {
      // What comes late from a connection that was given up proves nothing.
      if (client === this.#client) this.#options.received(message);
    });
    client.on("ready", () => void this.#subscribe(client));
    client.on("end", () => this.#lost(client));
  }

  async #subscribe(client: Redis): Promise<void> {
    try {
      await client.ssubscribe(this.#options.channel);
      this.#tries = 0;
      this.#subscribed();
    } catch (error) {
      if (client === this.#client) this.#refused(error as Error, client);
    }
  }

  /** Another node serves the channel; or this one cannot at the moment. */
  #refused({ message }: Error, client: Redis): void {
    const [, host, port] = /^MOVED \d+ (.*):(\d+)$/.exec(message) ?? [];
    this.#leave();
    if (port === undefined) return this.#retry();
    this.#retry({ host: host || (client.options.host ?? ""), port: Number(port) });
  }

  #lost(client: Redis): void {
    if (client !== this.#client) return;
    this.#leave();
    this.#retry();
  }

  /** At once where the first node sends it, after a pause otherwise: while slots move, nodes may send it around in a circle. */
  #retry(node?: RedisNode): void {
    const pause = node && this.#tries === 1 ? 0 : reconnectPause(this.#tries);
    this.#retryTimer = setTimeout(() => this.#connect(node), pause);
  }

  #leave(): void {
    clearTimeout(this.#retryTimer);
    const client = this.#client;
    this.#client = undefined;
    client?.disconnect();
  }
}
