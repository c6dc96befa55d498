import { randomUUID } from "node:crypto";
import {
  type MessageListener,
  type RedisAddress,
  type RedisClient,
  RedisSubscriptions,
  SubscriptionProbe,
} from "@crosspod/redis";
import type { Log } from "@crosspod/service";
import { createShardedAdapter } from "@socket.io/redis-adapter";
import type { Server } from "socket.io";
import { channelName, parsePublished } from "../store/append-message.ts";
import type { BoardBatch, BoardListener } from "../store/board-store.ts";
import { broadcastLocally, type FanOut, type RoomAdapter } from "./fan-out.ts";

/** Called with each message to and from other pods, and its bytes. */
export type TrafficListener = (direction: "sent" | "received", bytes: number) => void;

type AdapterHandler = (message: Buffer, channel: string) => void;

export interface RedisFanOutOptions {
  readonly address: RedisAddress;
  /** For what is published; its owner closes it. */
  readonly commands: RedisClient;
  /** Pods of the same name hear each other. */
  readonly name: string;
  readonly log: Log;
  readonly traffic: TrafficListener;
}

/** Hash tags, each in another sixteenth of a cluster's slots: of up to eight even servers each has at least one. */
export const CLUSTER_TAGS = [10, 3, 61, 43, 11, 2, 60, 42, 12, 1, 63, 41, 13, 0, 62, 40];

/**
 * Between pods by Redis' sharded publish and subscribe, on one channel for each board that is open here. What an append
 * published goes to the follower of the board, all else to the adapter.
 */
export class RedisFanOut implements FanOut {
  readonly adapter: RoomAdapter;
  readonly #commands: RedisClient;
  readonly #subscriptions: RedisSubscriptions;
  readonly #prefix: string;
  readonly #traffic: TrafficListener;
  readonly #markerChannels: readonly string[];
  /** Channels of boards that are followed here: they are subscribed to for as long, whatever the adapter wants. */
  readonly #followed = new Set<string>();
  /** The same for all channels of the adapter. */
  #adapterHandler: AdapterHandler = () => {};
  #probe: SubscriptionProbe | undefined;

  constructor({ address, commands, name, log, traffic }: RedisFanOutOptions) {
    this.#commands = commands;
    this.#prefix = `crosspod:${name}`;
    this.#traffic = traffic;
    this.#subscriptions = new RedisSubscriptions(address, log);
    const markers = `${this.#prefix}:marker:${randomUUID()}`;
    this.#markerChannels = address.kind === "cluster" ? CLUSTER_TAGS.map((tag) => `${markers}:{${tag}}`) : [markers];
    // In the form of node-redis' client.
    const redis = {
      sPublish: (channel: string, message: string | Buffer) => this.#publish(channel, message),
      sSubscribe: (channel: string, handler: AdapterHandler) => this.#subscribeAdapter(channel, handler),
      sUnsubscribe: (channels: string | string[]) => {
        for (const channel of [channels].flat()) this.#unsubscribeAdapter(channel);
      },
    };
    this.adapter = createShardedAdapter(redis, redis, {
      channelPrefix: this.#prefix,
      subscriptionMode: "dynamic",
    });
  }

  open(changed: (delivers: boolean) => void): void {
    const channels = this.#markerChannels;
    const probe = new SubscriptionProbe({
      shards: channels.length,
      send: (marker, shard) => this.#commands.spublish(channels[shard] ?? "", marker),
      changed,
      reconnect: (shards) => this.#reconnect(shards.map((shard) => channels[shard] ?? "")),
    });
    this.#probe = probe;
    for (const channel of channels) {
      this.#subscriptions.subscribe(channel, (marker) => probe.received(marker.toString()));
    }
    void probe.start();
  }

  /** Calls the listener with each append to a board, until the returned function is called. */
  follow(board: string, listener: BoardListener): () => void {
    const channel = channelName(this.#prefix, board);
    this.#followed.add(channel);
    const hear = (message: Buffer): void => {
      const batch = parsePublished(message);
      if (batch) listener.batch(batch);
      else this.#adapterHandler(message, channel);
    };
    this.#subscribe(channel, hear, listener.subscribed);
    return () => {
      this.#followed.delete(channel);
      this.#subscriptions.unsubscribe(channel);
    };
  }

  broadcastLocally(io: Server, board: string, batch: BoardBatch): void {
    if (batch.message) this.#adapterHandler(batch.message, channelName(this.#prefix, board));
    else broadcastLocally(io, board, batch);
  }

  close(): void {
    this.#probe?.stop();
    this.#subscriptions.close();
  }

  #publish(channel: string, message: string | Buffer): Promise<unknown> {
    this.#traffic("sent", message.length);
    return this.#commands.spublish(channel, message);
  }

  #subscribeAdapter(channel: string, handler: AdapterHandler): void {
    this.#adapterHandler = handler;
    if (!this.#followed.has(channel)) this.#subscribe(channel, (message) => handler(message, channel));
  }

  #unsubscribeAdapter(channel: string): void {
    if (!this.#followed.has(channel)) this.#subscriptions.unsubscribe(channel);
  }

  /** Subscribes to what other pods send, and counts it. */
  #subscribe(channel: string, listener: MessageListener, onSubscribed?: () => void): void {
    const counted = (message: Buffer): void => {
      this.#traffic("received", message.length);
      listener(message);
    };
    this.#subscriptions.subscribe(channel, counted, onSubscribed);
  }

  /** Makes the connections anew: one that looks open may be dead, and its late answers would be taken for others. */
  #reconnect(channels: readonly string[]): void {
    this.#commands.disconnect(true);
    this.#subscriptions.reconnect(channels);
  }
}
