import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type Server, type Socket } from "node:net";
import { ConnectionPairs } from "../network/connection-pairs.ts";
import { RedisReplies, shardedChannel } from "./redis-replies.ts";

/** What becomes of a message between pods; `later`: it comes after the next one of its channel. */
export type Fate = "delivered" | "lost" | "later";

/**
 * A proxy between one pod and Redis: it loses and swaps messages that other pods have published, whole ones, and leaves
 * the connection as it is. Disposing of it cuts all connections.
 */
export class RedisProxy implements AsyncDisposable {
  readonly port: number;
  /** While true, nothing that Redis answers comes through; what it is asked to do still reaches it. */
  isMute = false;
  readonly #server: Server;
  readonly #pairs = new ConnectionPairs();
  readonly #fate: (channel: string) => Fate;

  private constructor(server: Server, target: number, fate: (channel: string) => Fate) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    this.#fate = fate;
    server.on("connection", (client) => this.#join(client, connect(target, "127.0.0.1")));
  }

  /** @param fate is asked about each message of sharded publish and subscribe, by its channel. */
  static async start(target: number, fate: (channel: string) => Fate): Promise<RedisProxy> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new RedisProxy(server, target, fate);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Cuts all connections. */
  cut(): void {
    this.#pairs.cut();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }

  #join(pod: Socket, redis: Socket): void {
    this.#pairs.add(pod, redis);
    const replies = new RedisReplies();
    const later = new Map<string, Buffer[]>();
    pod.on("data", (data) => redis.write(data));
    redis.on("data", (data) => {
      const passing = replies.add(data).flatMap((reply) => this.#passing(reply, later));
      if (!this.isMute && passing.length > 0) pod.write(Buffer.concat(passing));
    });
  }

  /** What goes to the pod, now that this reply has come. */
  #passing(reply: Buffer, later: Map<string, Buffer[]>): Buffer[] {
    const channel = shardedChannel(reply);
    if (channel === undefined) return [reply];
    const fate = this.#fate(channel);
    if (fate === "lost") return [];
    const waiting = later.get(channel) ?? [];
    if (fate === "later") {
      later.set(channel, [...waiting, reply]);
      return [];
    }
    later.delete(channel);
    return [reply, ...waiting];
  }
}
