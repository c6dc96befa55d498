import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { DEADLINE_MS } from "../deadline.ts";
import type { Pod } from "../service/pod.ts";
import { TcpBalancer } from "./tcp-balancer.ts";

/** How often each pod is asked whether it is ready. */
const PROBE_INTERVAL_MS = 50;

/** Sends new connections to the ready pods in turn, as a Service does. Disposing of it cuts all connections. */
export class Gateway implements AsyncDisposable {
  readonly #balancer: TcpBalancer;
  readonly #pods = new Set<Pod>();
  readonly #stopped = new AbortController();

  private constructor(balancer: TcpBalancer) {
    this.#balancer = balancer;
  }

  static async start(): Promise<Gateway> {
    return new Gateway(await TcpBalancer.start());
  }

  get url(): string {
    return this.#balancer.url;
  }

  /** The ports of the pods that get connections now. */
  get targets(): ReadonlySet<number> {
    return this.#balancer.targets;
  }

  /** Looks after a pod until it cannot be reached any more. Resolves when it is ready and gets connections. */
  async watch(pod: Pod): Promise<void> {
    this.#pods.add(pod);
    void this.#probe(pod);
    await expect.poll(() => this.#balancer.targets.has(pod.port), { timeout: DEADLINE_MS }).toBe(true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort();
    await this.#balancer[Symbol.asyncDispose]();
  }

  async #probe(pod: Pod): Promise<void> {
    const { signal } = this.#stopped;
    while (this.#pods.has(pod) && !signal.aborted) {
      const readiness = await pod.readiness().catch(() => undefined);
      if (readiness === "ok") this.#balancer.add(pod.port);
      else this.#balancer.remove(pod.port);
      if (readiness === undefined) this.#pods.delete(pod);
      await sleep(PROBE_INTERVAL_MS);
    }
  }
}
