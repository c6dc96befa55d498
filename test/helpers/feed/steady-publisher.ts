import { once } from "node:events";
import { type ClientRequest, get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** Between one publish and the next; and before a publish that was refused is tried again. */
const PAUSE_MS = 20;

/** Of two publishes one has an id that is never used again; the others take turns in this many ids. */
const REPEATED_IDS = 5;

/** Publishes one update after the other, each over a connection of its own, and each again until it is appended. */
export class SteadyPublisher {
  /** What was published: the last value of each id. */
  readonly published = new Map<string, string>();
  /** How often a publish was answered with 503, or not at all. */
  refusals = 0;
  readonly #url: URL;
  readonly #running: Promise<void>;
  #stopped = false;

  /** Starts at once. */
  constructor(serviceUrl: string) {
    this.#url = new URL("/api", serviceUrl);
    this.#running = this.#run();
  }

  /** Resolves when the last publish is appended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let count = 0; !this.#stopped; count += 1) {
      const id = count % 2 === 0 ? `once-${count}` : `again-${count % (2 * REPEATED_IDS)}`;
      await this.#publish(id, `${count}`);
      await sleep(PAUSE_MS);
    }
  }

  async #publish(id: string, value: string): Promise<void> {
    for (;;) {
      const status = await statusOf(get(`${this.#url}?${new URLSearchParams({ id, value })}`, { agent: false }));
      if (status === 200) break;
      if (status !== undefined && status !== 503) throw new Error(`publishing was answered with ${status}`);
      this.refusals += 1;
      await sleep(PAUSE_MS);
    }
    this.published.set(id, value);
  }
}

/** Undefined when no answer came. */
async function statusOf(request: ClientRequest): Promise<number | undefined> {
  try {
    const [response] = await once(request, "response");
    response.resume();
    await once(response, "end");
    return response.statusCode;
  } catch {
    return undefined;
  }
}
