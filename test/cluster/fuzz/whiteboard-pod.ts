import type { RedisProxy } from "../../helpers/redis/redis-proxy.ts";
import { Pod } from "../../helpers/service/pod.ts";
import type { ServiceProcess } from "../../helpers/service/service-process.ts";

/**
 * A pod of the whiteboard that ends and comes back, as another process and at another port, and what it did that no pod
 * should. Disposing of it ends its process.
 */
export class WhiteboardPod implements AsyncDisposable {
  /** Between it and Redis. */
  readonly proxy: RedisProxy;
  readonly #name: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #complaints: string[] = [];
  #pod: Pod | undefined;
  #isLeaving = false;

  constructor(proxy: RedisProxy, name: string, environment: Readonly<Record<string, string>>) {
    this.proxy = proxy;
    this.#name = name;
    this.#environment = { ...environment, REDIS_URL: proxy.url };
  }

  /** Where it takes new clients; undefined while it does not. */
  get url(): string | undefined {
    return this.#isLeaving ? undefined : this.#pod?.url;
  }

  /** What it logged as an error, and ends that nobody asked for. */
  get complaints(): readonly string[] {
    return this.#pod ? [...this.#complaints, ...errorsOf(this.#pod.process)] : this.#complaints;
  }

  /** Resolves when it listens. */
  async start(): Promise<void> {
    this.#isLeaving = false;
    this.#pod = await Pod.start("whiteboard", this.#name, this.#environment);
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
    await this.#pod?.untilReady();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pod?.[Symbol.asyncDispose]();
    await this.proxy[Symbol.asyncDispose]();
  }

  async #end(signal: NodeJS.Signals, expectedCode: number | null): Promise<void> {
    const pod = this.#pod;
    if (!pod) return;
    this.#isLeaving = true;
    pod.process.kill(signal);
    const code = await pod.process.exited();
    if (code !== expectedCode) this.#complaints.push(`ended with ${code} after ${signal}`);
    this.#complaints.push(...errorsOf(pod.process));
    this.#pod = undefined;
  }
}

const errorsOf = ({ log, stderr }: ServiceProcess): string[] => {
  const errors = log.filter(({ level }) => level === "error" || level === "fatal").map((line) => JSON.stringify(line));
  return stderr === "" ? errors : [...errors, stderr];
};
