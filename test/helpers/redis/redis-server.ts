import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { createInterface } from "node:readline";
import { within } from "../deadline.ts";
import { freePort } from "../network/free-port.ts";

/** Arguments by which each write is on the disk before it is answered. */
export const DURABLE = ["--appendonly", "yes", "--appendfsync", "always"] as const;

/**
 * A redis-server of a test's own, on a free port of this machine, with its data in a folder of its own. Disposing of it
 * ends the process and takes the folder away.
 */
export class RedisServer implements AsyncDisposable {
  readonly port: number;
  readonly #directory: string;
  readonly #arguments: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(port: number, directory: string, extra: readonly string[]) {
    this.port = port;
    this.#directory = directory;
    this.#arguments = ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", directory, "--save", "", ...extra];
  }

  /** Resolves when it takes commands. */
  static async start(extra: readonly string[] = DURABLE): Promise<RedisServer> {
    const directory = await mkdtemp(`${tmpdir()}/crosspod-redis-`);
    const server = new RedisServer(await freePort(), directory, extra);
    await server.resume();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again after {@link kill}, with the data that it had. */
  async resume(): Promise<void> {
    const child = spawn("redis-server", this.#arguments, { stdio: ["ignore", "pipe", "inherit"] });
    this.#process = child;
    const end = (): boolean => child.kill("SIGKILL");
    process.once("exit", end);
    child.once("exit", () => process.off("exit", end));
    const ready = new Promise<void>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`redis-server ended with ${code}`)));
      createInterface(child.stdout).on("line", (line) => {
        if (line.includes("Ready to accept connections")) resolve();
      });
    });
    await within(ready, "redis-server");
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  /** Ends it without warning. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null) return;
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#directory, { recursive: true, force: true });
  }
}
