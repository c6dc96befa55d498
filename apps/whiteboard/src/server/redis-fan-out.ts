import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  COMMAND_TIMEOUT_MS,
  type MessageListener,
  type RedisAddress,
  type RedisClient,
  RedisSubscriptions,
  SubscriptionProbe,
} from "@crosspod/redis";
import type { Log } from "@crosspod/service";
import { createShardedAdapter } from "@socket.io/redis-adapter";
import type { FanOut, RoomAdapter } from "./fan-out.ts";

/** Told of each message that goes to the other pods or comes from them, with its bytes. */
export type TrafficListener = (direction: "sent" | "received", bytes: number) => void;

export interface RedisFanOutOptions {
  readonly address: RedisAddress;
  /** For what is published; it belongs to whoever made it. */
  readonly commands: RedisClient;
  /** Pods of the same name hear each other. */
  readonly name: string;
  readonly log: Log;
  readonly traffic: TrafficListener;
}

/** Hash tags of which each is in another sixteenth of a cluster's slots: each server of up to eight that share the slots evenly has at least one of them. */
export const CLUSTER_TAGS = [10, 3, 61, 43, 11, 2, 60, 42, 12, 1, 63, 41, 13, 0, 62, 40];

/**
 * Between pods by Redis' sharded publish and subscribe. A room has a channel of its own, to which a pod subscribes while it has clients in the room: so a pod is sent what goes to boards that it serves, and nothing else.
 */
export class RedisFanOut implements FanOut {
  readonly adapter: RoomAdapter;
  readonly #commands: RedisClient;
  readonly #subscriptions: RedisSubscriptions;
  readonly #prefix: string;
  readonly #pod = randomUUID();
  readonly #traffic: TrafficListener;
  /** Subscriptions that the server has not confirmed yet. */
  readonly #subscribing = new Set<Promise<unknown>>();
  readonly #markerChannels: readonly string[];
  /** The adapter's, for all its channels: it looks up by itself what is whose. */
  #adapterListener: (channel: Buffer, message: Buffer) => void = () => {};
  #proof: SubscriptionProbe | undefined;

  constructor({ address, commands, name, log, traffic }: RedisFanOutOptions) {
    this.#commands = commands;
    this.#prefix = `crosspod:${name}`;
    this.#traffic = traffic;
    this.#subscriptions = new RedisSubscriptions(address, log);
    const markers = `${this.#prefix}:marker:${this.#pod}`;
    this.#markerChannels = address.kind === "cluster" ? CLUSTER_TAGS.map((tag) => `${markers}:{${tag}}`) : [markers];
    this.adapter = createShardedAdapter(
      { spublish: (channel: string, message: string | Buffer) => this.#publish(channel, message) },
      {
        on: (_event: "smessageBuffer", listener: (channel: Buffer, message: Buffer) => void) => {
          this.#adapterListener = listener;
        },
        ssubscribe: (channel: string) => {
          const name = Buffer.from(channel);
          this.#hear(channel, (message) => this.#adapterListener(name, message));
        },
        sunsubscribe: (channels: string | string[]) => {
          for (const channel of [channels].flat()) this.#subscriptions.unsubscribe(channel);
        },
      },
      { channelPrefix: this.#prefix, subscriptionMode: "dynamic" },
    );
  }

  open(changed: (delivers: boolean) => void): void {
    const channels = this.#markerChannels;
    const proof = new SubscriptionProbe({
      shards: channels.length,
      send: (marker, shard) => this.#commands.spublish(channels[shard] ?? "", marker),
      changed,
      reconnect: (shards) => this.#reconnect(shards.map((shard) => channels[shard] ?? "")),
    });
    this.#proof = proof;
    for (const channel of channels) this.#subscribe(channel, (marker) => proof.received(marker.toString()));
    void proof.start();
  }

  async entered(): Promise<void> {
    // Where it takes too long the store is most likely away, and says so itself.
    await Promise.race([Promise.all(this.#subscribing), sleep(COMMAND_TIMEOUT_MS, undefined, { ref: false })]);
  }

  tell(topic: string, text: string): void {
    // One that is lost shows in the sequence numbers of the next, or of the board's head.
    this.#publish(this.#topicChannel(topic), `${this.#pod} ${text}`).catch(() => {});
  }

  listen(topic: string, listener: (text: string) => void): () => void {
    const channel = this.#topicChannel(topic);
    this.#hear(channel, (message) => {
      const text = message.toString();
      const space = text.indexOf(" ");
      if (text.slice(0, space) !== this.#pod) listener(text.slice(space + 1));
    });
    return () => this.#subscriptions.unsubscribe(channel);
  }

  async close(): Promise<void> {
    this.#proof?.stop();
    this.#subscriptions.close();
  }

  #topicChannel(topic: string): string {
    return `${this.#prefix}:topic:${topic}`;
  }

  #publish(channel: string, message: string | Buffer): Promise<unknown> {
    this.#traffic("sent", message.length);
    return this.#commands.spublish(channel, message);
  }

  /** Subscribes to what other pods send, and counts it. */
  #hear(channel: string, listener: MessageListener): void {
    this.#subscribe(channel, (message) => {
      this.#traffic("received", message.length);
      listener(message);
    });
  }

  #subscribe(channel: string, listener: MessageListener): void {
    const subscribing = this.#subscriptions.subscribe(channel, listener);
    this.#subscribing.add(subscribing);
    void subscribing.then(() => this.#subscribing.delete(subscribing));
  }

  /** Makes the connections anew: one that looks open may have been dead for long, and its late answers would be taken for others. */
  #reconnect(channels: readonly string[]): void {
    this.#commands.disconnect(true);
    this.#subscriptions.renew(channels);
  }
}
