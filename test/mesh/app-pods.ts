import { RedisServer } from "../helpers/redis/redis-server.ts";
import { Pod } from "../helpers/service/pod.ts";
import type { App } from "./mesh.ts";

/** The pods of an app, over a Redis of their own. Disposing of it ends all of them. */
export class AppPods implements AsyncDisposable {
  readonly all: Pod[] = [];
  readonly #redis: RedisServer;

  private constructor(redis: RedisServer) {
    this.#redis = redis;
  }

  /** Resolves when all are ready. */
  static async start(app: App, ...names: readonly string[]): Promise<AppPods> {
    const pods = new AppPods(await RedisServer.start([]));
    try {
      for (const name of names) await pods.#add(app, name);
      await Promise.all(pods.all.map((pod) => pod.untilReady()));
      return pods;
    } catch (error) {
      await pods[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.all.map((pod) => pod[Symbol.asyncDispose]()));
    await this.#redis[Symbol.asyncDispose]();
  }

  async #add(app: App, name: string): Promise<void> {
    this.all.push(await Pod.start(app, name, { REDIS_URL: this.#redis.url, DRAIN_SECONDS: "1" }));
  }
}
