import { connectRedis, type RedisClient } from "@crosspod/redis";
import { pino } from "pino";
import { RedisServer } from "./redis-server.ts";

/** A redis-server of a test's own, and a connection for commands as the services make it. Disposing of it ends both. */
export class RedisCommands implements AsyncDisposable {
  readonly client: RedisClient;
  readonly #server: RedisServer;

  private constructor(server: RedisServer, client: RedisClient) {
    this.#server = server;
    this.client = client;
  }

  get url(): string {
    return this.#server.url;
  }

  /** Resolves when commands are taken. */
  static async start(): Promise<RedisCommands> {
    const server = await RedisServer.start();
    const client = connectRedis({ kind: "server", url: server.url }, pino({ level: "silent" }));
    await new Promise((resolve) => client.once("ready", resolve));
    return new RedisCommands(server, client);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.disconnect();
    await this.#server[Symbol.asyncDispose]();
  }
}
