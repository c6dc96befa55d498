import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { connectRedis, type RedisClient } from "@crosspod/redis";
import { pino } from "pino";
import { RedisBoardStore } from "../../../apps/whiteboard/src/server/store/redis-board-store.ts";
import { Random } from "../../fuzz/random.ts";
import { type Fate, RedisProxy } from "../../helpers/redis/redis-proxy.ts";
import { RedisServer } from "../../helpers/redis/redis-server.ts";
import { WhiteboardPod } from "./whiteboard-pod.ts";

const PODS = 3;
const BOARDS_NAME = "fuzz";

/** The hash tag of a channel, which is its board. */
const BOARD_OF_CHANNEL = /\{(.+?)\}/;

/** Pods of the whiteboard and a Redis, to which all happens that can. Disposing of it ends all of them. */
export class FaultyCluster implements AsyncDisposable {
  readonly store: RedisBoardStore;
  readonly #random: Random;
  readonly #redis: RedisServer;
  readonly #commands: RedisClient;
  readonly #pods: WhiteboardPod[] = [];
  readonly #fates = new Map<string, () => Fate>();
  /** What is in trouble already. */
  readonly #faulty = new Map<RedisServer | WhiteboardPod, Promise<void>>();

  private constructor(seed: number, redis: RedisServer) {
    this.#random = new Random(seed);
    this.#redis = redis;
    this.#commands = connectRedis({ kind: "server", url: redis.url }, pino({ level: "silent" }));
    this.store = new RedisBoardStore({
      commands: this.#commands,
      subscribe: () => () => {},
      name: BOARDS_NAME,
      maxBoards: 1_000,
      ttlMs: 3_600_000,
    });
  }

  /** Resolves when all pods are ready. */
  static async start(seed: number): Promise<FaultyCluster> {
    const cluster = new FaultyCluster(seed, await RedisServer.start());
    try {
      await Promise.all(Array.from({ length: PODS }, (_, index) => cluster.#addPod(`pod-${index}`)));
      await cluster.#untilReady();
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  get pods(): readonly WhiteboardPod[] {
    return this.#pods;
  }

  /** What pods did that no pod should. */
  get complaints(): string[] {
    return this.#pods.flatMap(({ complaints }) => complaints);
  }

  /** Decides what becomes of each message about a board on its way to another pod. */
  decideFates(board: string, fate: () => Fate): void {
    this.#fates.set(board, fate);
  }

  /** Lets things happen for so long; resolves when all is well again. */
  async trouble(milliseconds: number): Promise<void> {
    const end = performance.now() + milliseconds;
    while (performance.now() < end) {
      await sleep(this.#random.whole(50, 500));
      const what = this.#random.chance(0.4) ? this.#redis : this.#random.pick(this.#pods);
      if (what && !this.#faulty.has(what)) this.#begin(what);
    }
    await Promise.all(this.#faulty.values());
    await this.#untilReady();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#faulty.values());
    this.#commands.disconnect();
    for (const pod of this.#pods) await pod[Symbol.asyncDispose]();
    await this.#redis[Symbol.asyncDispose]();
  }

  async #addPod(name: string): Promise<void> {
    const proxy = await RedisProxy.start(this.#redis.port, (channel) => this.#fate(channel));
    const pod = new WhiteboardPod(proxy, name, { BOARDS_NAME, HEAD_SECONDS: "1", DRAIN_SECONDS: "1" });
    this.#pods.push(pod);
    await pod.start();
  }

  #fate(channel: string): Fate {
    const [, board = ""] = BOARD_OF_CHANNEL.exec(channel) ?? [];
    return this.#fates.get(board)?.() ?? "delivered";
  }

  #begin(what: RedisServer | WhiteboardPod): void {
    const trouble = what instanceof RedisServer ? this.#troubleRedis() : this.#troublePod(what);
    this.#faulty.set(
      what,
      trouble.then(() => {
        this.#faulty.delete(what);
      }),
    );
  }

  #troubleRedis(): Promise<void> {
    const what = this.#random.next();
    if (what < 0.4) return this.#pauseRedis(this.#random.whole(50, 3_000));
    if (what < 0.7) return this.#restartRedis(this.#random.whole(0, 800));
    return this.#killSubscribers();
  }

  #troublePod(pod: WhiteboardPod): Promise<void> {
    const what = this.#random.next();
    if (what < 0.4) return this.#restart(pod, () => pod.kill(), this.#random.whole(0, 800));
    if (what < 0.6) return this.#restart(pod, () => pod.leave(), 0);
    return this.#mute(pod, this.#random.whole(0, 2_500));
  }

  async #pauseRedis(milliseconds: number): Promise<void> {
    this.#redis.signal("SIGSTOP");
    await sleep(milliseconds);
    this.#redis.signal("SIGCONT");
  }

  async #restartRedis(milliseconds: number): Promise<void> {
    await this.#redis.kill();
    await sleep(milliseconds);
    await this.#redis.resume();
  }

  async #killSubscribers(): Promise<void> {
    await promisify(execFile)("redis-cli", ["-p", `${this.#redis.port}`, "CLIENT", "KILL", "TYPE", "pubsub"]);
  }

  async #restart(pod: WhiteboardPod, end: () => Promise<void>, milliseconds: number): Promise<void> {
    await end();
    await sleep(milliseconds);
    await pod.start();
  }

  /** What Redis does in this time for the pod, it does without the pod hearing of it; then the connections are lost. */
  async #mute({ proxy }: WhiteboardPod, milliseconds: number): Promise<void> {
    proxy.isMute = true;
    await sleep(milliseconds);
    proxy.cut();
    proxy.isMute = false;
  }

  async #untilReady(): Promise<void> {
    await Promise.all(this.#pods.map((pod) => pod.untilReady()));
  }
}
