import { setMaxListeners } from "node:events";
import { counted } from "../counted.ts";
import { Deadline } from "../deadline.ts";
import { sum } from "../sum.ts";
import type { Audience, AudienceOptions } from "./audience.ts";
import { Doodler } from "./doodler.ts";
import type { WatchReport } from "./watch-report.ts";

/** How long clients may take to connect, at the beginning. */
const OPEN_WAIT_MS = 10_000;

/** How long what is still on its way is waited for, at the end. */
const SETTLE_MS = 3_000;

/** People with the page of the original example, on a server like the original one: it keeps nothing, so each segment must reach each of the others. */
export class DrawingAudience implements Audience {
  readonly #rate: number;
  readonly #signal: AbortSignal;
  readonly #doodlers: readonly Doodler[];
  readonly #stopped = new AbortController();
  #drawing: readonly Promise<void>[] = [];
  #drawn = 0;
  #lost = 0;

  constructor({ target, clients, rate, signal }: AudienceOptions) {
    this.#rate = rate;
    this.#signal = signal;
    this.#doodlers = Array.from({ length: clients }, (_, index) => new Doodler(target, index / clients));
    setMaxListeners(0, this.#stopped.signal);
  }

  get traffic(): string {
    return `as the original example's, which keep nothing: ${counted(this.#rate, "segment")} a second`;
  }

  async open(): Promise<void> {
    using deadline = new Deadline(OPEN_WAIT_MS, this.#signal);
    const { signal } = deadline;
    await Promise.all(
      this.#doodlers.map((doodler) => doodler.changes.until("a connection", () => doodler.isConnected, signal)),
    );
  }

  /** They take turns, so that segments come evenly. */
  start(): void {
    const everyMs = (1_000 * this.#doodlers.length) / this.#rate;
    this.#drawing = this.#doodlers.map((doodler, index) => {
      doodler.silence.begin();
      return doodler.draw((index * 1_000) / this.#rate, everyMs, this.#stopped.signal, () => this.#nextNumber());
    });
  }

  async finish(): Promise<void> {
    await this.#stop();
    for (const { silence } of this.#doodlers) silence.end();
    const [first] = this.#doodlers;
    await first?.changes.within(SETTLE_MS, () => this.#missing() === 0);
    this.#lost = this.#missing();
  }

  report(): WatchReport {
    const doodlers = this.#doodlers;
    return {
      clients: doodlers.length,
      pods: [],
      taken: this.#drawn,
      notTaken: 0,
      received: sum(doodlers, ({ received }) => received),
      reconnects: sum(doodlers, ({ reconnects }) => reconnects),
      silences: doodlers.map(({ silence }) => silence.longest),
      lost: this.#lost,
      repeated: sum(doodlers, ({ repeated }) => repeated),
      outOfOrder: sum(doodlers, ({ outOfOrder }) => outOfOrder),
      unacknowledged: 0,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    for (const doodler of this.#doodlers) doodler.close();
  }

  async #stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#drawing);
  }

  #nextNumber(): number {
    this.#drawn += 1;
    return this.#drawn;
  }

  /** Each segment must reach everybody but who drew it. */
  #missing(): number {
    const received = sum(this.#doodlers, (doodler) => doodler.received);
    return this.#drawn * (this.#doodlers.length - 1) - received;
  }
}
