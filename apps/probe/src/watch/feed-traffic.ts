import { randomBytes } from "node:crypto";
import { publish } from "../published.ts";
import type { Target } from "../target.ts";
import { pause } from "../wait.ts";
import type { SentUpdate } from "./arrivals.ts";

/** More ids would fill the feed, which keeps them. */
const MAX_IDS = 10;

/** A request that takes longer is given up. */
const REQUEST_WAIT_MS = 5_000;

/** Publishes updates at a steady rate, each with a value that is never used again. Of one id there is one request at a time, so their order is known. */
export class FeedTraffic {
  readonly ids: readonly string[];
  /** Everything that was sent, by its value. */
  readonly updates = new Map<string, SentUpdate>();
  readonly #target: Target;
  readonly #rate: number;
  readonly #run = randomBytes(4).toString("hex");
  readonly #stopped = new AbortController();
  #publishers: readonly Promise<void>[] = [];
  #count = 0;

  constructor(target: Target, rate: number) {
    this.#target = target;
    this.#rate = rate;
    this.ids = Array.from({ length: Math.min(MAX_IDS, rate) }, (_, index) => `crosspod-probe-${index + 1}`);
  }

  get taken(): SentUpdate[] {
    return [...this.updates.values()].filter(({ isTaken }) => isTaken);
  }

  start(): void {
    this.#publishers = this.ids.map((id, index) => this.#publish(id, index));
  }

  /** Resolves when the last request has been answered. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#publishers);
  }

  /** The ids take turns, so that updates come evenly. */
  async #publish(id: string, index: number): Promise<void> {
    const { signal } = this.#stopped;
    const periodMs = (1_000 * this.ids.length) / this.#rate;
    let next = performance.now() + (index * 1_000) / this.#rate;
    while (!signal.aborted) {
      await pause(Math.max(0, next - performance.now()), signal);
      if (signal.aborted) return;
      await this.#send(id);
      next = Math.max(next + periodMs, performance.now());
    }
  }

  async #send(id: string): Promise<void> {
    this.#count += 1;
    const value = `${this.#run}-${this.#count}`;
    const update: SentUpdate = { id, number: this.#count, sentAt: performance.now(), isTaken: false };
    this.updates.set(value, update);
    const reply = await publish(this.#target, id, value, AbortSignal.timeout(REQUEST_WAIT_MS)).catch(() => undefined);
    update.isTaken = reply?.status === 200;
  }
}
