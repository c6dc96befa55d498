import type { Log } from "./log.ts";

/**
 * Whether a service can do its work. Each part on which that depends reports here; it is ready while none says
 * otherwise, and starts as not ready.
 */
export class Health {
  readonly #reasons = new Map<string, string>([["service", "starting"]]);
  readonly #log: Log;

  /** @param log of each change. */
  constructor(log: Log) {
    this.#log = log;
  }

  /** Says that a part cannot work, and why. */
  down(part: string, reason: string): void {
    const wasReady = this.#reasons.size === 0;
    this.#reasons.set(part, reason);
    if (wasReady) this.#log.warn({ part, reason }, "not ready");
  }

  /** Says that a part works. */
  up(part: string): void {
    if (this.#reasons.delete(part) && this.#reasons.size === 0) this.#log.info("ready");
  }

  /** Why the service should get no new clients at the moment; undefined when it should. */
  get notReady(): string | undefined {
    if (this.#reasons.size === 0) return undefined;
    return [...this.#reasons].map(([part, reason]) => `${part}: ${reason}`).join("; ");
  }
}
