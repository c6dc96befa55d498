import { expect, vi } from "vitest";
import type { RedisProxy } from "../helpers/redis-proxy.ts";
import { ServiceProcess } from "../helpers/service-process.ts";

const READY_TIMEOUT_MS = 15_000;

/** A pod of the whiteboard that ends and comes back, as another process and at another port, and what it did that no pod should. Disposing of it ends its process. */
export class WhiteboardPod implements AsyncDisposable {
  /** Between it and Redis. */
  readonly proxy: RedisProxy;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #complaints: string[] = [];
  #process: ServiceProcess | undefined;
  #url: string | undefined;
  #adminUrl = "";

  constructor(proxy: RedisProxy, environment: Readonly<Record<string, string>>) {
    this.proxy = proxy;
    this.#environment = { ...environment, REDIS_URL: proxy.url };
  }

  /** Where it takes new clients; undefined while it does not. */
  get url(): string | undefined {
    return this.#url;
  }

  /** What it logged as an error, and ends that nobody asked for. */
  get complaints(): readonly string[] {
    return this.#process ? [...this.#complaints, ...errorsOf(this.#process)] : this.#complaints;
  }

  /** Resolves when it listens. */
  async start(): Promise<void> {
    this.#process = new ServiceProcess("whiteboard", this.#environment);
    const { url, adminUrl } = await this.#process.listening();
    this.#url = url;
    this.#adminUrl = adminUrl;
  }

  /** Ends it without warning. */
  kill(): Promise<void> {
    return this.#end("SIGKILL", null);
  }

  /** Asks it to go, and lets it go in its own time; new clients go elsewhere at once. */
  leave(): Promise<void> {
    return this.#end("SIGTERM", 0);
  }

  /** Resolves when it says that Redis delivers to it. */
  async untilReady(): Promise<void> {
    const expectReady = async (): Promise<void> => {
      expect(await (await fetch(`${this.#adminUrl}readyz`)).text()).toBe("ok\n");
    };
    await vi.waitFor(expectReady, { timeout: READY_TIMEOUT_MS });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
    await this.proxy[Symbol.asyncDispose]();
  }

  async #end(signal: NodeJS.Signals, expectedCode: number | null): Promise<void> {
    const process = this.#process;
    if (!process) return;
    this.#url = undefined;
    process.kill(signal);
    const code = await process.exited();
    if (code !== expectedCode) this.#complaints.push(`ended with ${code} after ${signal}`);
    this.#complaints.push(...errorsOf(process));
    this.#process = undefined;
  }
}

const errorsOf = ({ log, stderr }: ServiceProcess): string[] => {
  const errors = log.filter(({ level }) => level === "error" || level === "fatal").map((line) => JSON.stringify(line));
  return stderr === "" ? errors : [...errors, stderr];
};
