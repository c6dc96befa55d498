import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  COMMAND_TIMEOUT_MS,
  connectRedisSubscriber,
  DeliveryProof,
  type Log,
  type RedisAddress,
  type RedisClient,
} from "@crosspod/service";
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

/** Between two tries to subscribe. */
const RETRY_PAUSE_MS = 200;

type Listener = (message: Buffer, channel: Buffer) => void;

/**
 * Between pods by Redis' sharded publish and subscribe. A room has a channel of its own, to which a pod subscribes while it has clients in the room: so a pod is sent what goes to boards that it serves, and nothing else.
 */
export class RedisFanOut implements FanOut {
  readonly adapter: RoomAdapter;
  readonly #commands: RedisClient;
  readonly #subscriber: RedisClient;
  readonly #prefix: string;
  readonly #pod = randomUUID();
  readonly #traffic: TrafficListener;
  readonly #listeners = new Map<string, Listener>();
  /** Subscriptions that the server has not confirmed yet. */
  readonly #subscribing = new Set<Promise<unknown>>();
  readonly #markerChannels: readonly string[];
  /** The adapter's, for all its channels: it looks up by itself what is whose. */
  #adapterListener: Listener = () => {};
  #proof: DeliveryProof | undefined;

  constructor({ address, commands, name, log, traffic }: RedisFanOutOptions) {
    this.#commands = commands;
    this.#prefix = `crosspod:${name}`;
    this.#traffic = traffic;
    this.#subscriber = connectRedisSubscriber(address, log);
    this.#subscriber.on("smessageBuffer", (channel: Buffer, message: Buffer) => this.#received(channel, message));
    const markers = `${this.#prefix}:marker:${this.#pod}`;
    this.#markerChannels = address.kind === "cluster" ? CLUSTER_TAGS.map((tag) => `${markers}:{${tag}}`) : [markers];
    this.adapter = createShardedAdapter(
      { spublish: (channel: string, message: string | Buffer) => this.#publish(channel, message) },
      {
        on: (_event: "smessageBuffer", listener: (channel: Buffer, message: Buffer) => void) => {
          this.#adapterListener = (message, channel) => listener(channel, message);
        },
        ssubscribe: (channel: string) => this.#hear(channel, (message, from) => this.#adapterListener(message, from)),
        sunsubscribe: (channels: string | string[]) => {
          for (const channel of [channels].flat()) this.#unsubscribe(channel);
        },
      },
      { channelPrefix: this.#prefix, subscriptionMode: "dynamic" },
    );
  }

  open(changed: (delivers: boolean) => void): void {
    const channels = this.#markerChannels;
    const proof = new DeliveryProof({
      ways: channels.length,
      send: (marker, way) => this.#commands.spublish(channels[way] ?? "", marker),
      changed,
      revive: () => this.#reconnect(),
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
    return () => this.#unsubscribe(channel);
  }

  async close(): Promise<void> {
    this.#proof?.stop();
    this.#listeners.clear();
    this.#subscriber.disconnect();
  }

  #topicChannel(topic: string): string {
    return `${this.#prefix}:topic:${topic}`;
  }

  #publish(channel: string, message: string | Buffer): Promise<unknown> {
    this.#traffic("sent", message.length);
    return this.#commands.spublish(channel, message);
  }

  /** Subscribes to what other pods send, and counts it. */
  #hear(channel: string, listener: Listener): void {
    this.#subscribe(channel, (message, from) => {
      this.#traffic("received", message.length);
      listener(message, from);
    });
  }

  #subscribe(channel: string, listener: Listener): void {
    this.#listeners.set(channel, listener);
    const subscribing = this.#subscribeAtLast(channel);
    this.#subscribing.add(subscribing);
    void subscribing.then(() => this.#subscribing.delete(subscribing));
  }

  /** Resolves when the server has confirmed it, or nobody wants it any more. The connection takes it up again by itself after each reconnect. */
  async #subscribeAtLast(channel: string): Promise<void> {
    while (this.#listeners.has(channel)) {
      try {
        await this.#subscriber.ssubscribe(channel);
        return;
      } catch {
        await sleep(RETRY_PAUSE_MS);
      }
    }
  }

  #unsubscribe(channel: string): void {
    this.#listeners.delete(channel);
    this.#subscriber.sunsubscribe(channel).catch(() => {});
  }

  #received(channel: Buffer, message: Buffer): void {
    this.#listeners.get(channel.toString())?.(message, channel);
  }

  /** Makes both connections anew: one that looks open may have been dead for long, and its late answers would be taken for others. */
  #reconnect(): void {
    this.#commands.disconnect(true);
    this.#subscriber.disconnect(true);
  }
}
