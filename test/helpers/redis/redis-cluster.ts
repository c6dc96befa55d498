import { Redis } from "ioredis";
import { expect, vi } from "vitest";
import { DEADLINE_MS } from "../deadline.ts";
import { freePort } from "../network/free-port.ts";
import { DURABLE, RedisServer } from "./redis-server.ts";

/** Slots of a Redis Cluster, numbered from 0. */
const SLOTS = 16_384;

const NODES = 3;

/** A redis-server of a cluster, where its bus is, and the slots that it serves. */
interface Node {
  readonly server: RedisServer;
  readonly busPort: number;
  readonly firstSlot: number;
  readonly lastSlot: number;
}

/** A Redis Cluster of three nodes without replicas, on free ports of this machine. Disposing of it ends them all. */
export class RedisCluster implements AsyncDisposable {
  readonly #nodes: readonly Node[];

  private constructor(nodes: readonly Node[]) {
    this.#nodes = nodes;
  }

  /** Resolves when every node says that the cluster is whole. */
  static async start(): Promise<RedisCluster> {
    const cluster = new RedisCluster(await Promise.all(Array.from({ length: NODES }, (_, index) => startNode(index))));
    try {
      await cluster.#meet();
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Where its nodes are. */
  get nodes(): { readonly host: string; readonly port: number }[] {
    return this.#nodes.map(({ server }) => ({ host: "127.0.0.1", port: server.port }));
  }

  /** The same as `HOST:PORT,…`. */
  get addresses(): string {
    return this.nodes.map(({ host, port }) => `${host}:${port}`).join(",");
  }

  /** The node that serves a key or a sharded channel. */
  async nodeOf(key: string): Promise<RedisServer> {
    const slot = await this.#ask(this.#nodes[0]!, (redis) => redis.cluster("KEYSLOT", key));
    return this.#nodes.find(({ lastSlot }) => slot <= lastSlot)!.server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#nodes.map(({ server }) => server[Symbol.asyncDispose]()));
  }

  async #meet(): Promise<void> {
    const [first] = this.#nodes;
    for (const node of this.#nodes) {
      await this.#ask(node, (redis) => redis.call("CLUSTER", "ADDSLOTSRANGE", node.firstSlot, node.lastSlot));
      await this.#ask(first!, (redis) => redis.call("CLUSTER", "MEET", "127.0.0.1", node.server.port, node.busPort));
    }
    for (const node of this.#nodes) {
      const isWhole = async (): Promise<void> => {
        const info = await this.#ask(node, (redis) => redis.cluster("INFO"));
        expect(info).toMatch(/cluster_state:ok.*cluster_known_nodes:3/s);
      };
      await vi.waitFor(isWhole, { timeout: DEADLINE_MS });
    }
  }

  async #ask<T>({ server }: Node, question: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(server.url);
    try {
      return await question(redis);
    } finally {
      redis.disconnect();
    }
  }
}

async function startNode(index: number): Promise<Node> {
  // The bus is at the port + 10000 unless it is told, which may be above the highest port.
  const busPort = await freePort();
  const server = await RedisServer.start([...DURABLE, "--cluster-enabled", "yes", "--cluster-port", `${busPort}`]);
  const slot = (node: number): number => Math.ceil((node * SLOTS) / NODES);
  return { server, busPort, firstSlot: slot(index), lastSlot: slot(index + 1) - 1 };
}
