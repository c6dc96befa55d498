import { setMaxListeners } from "node:events";
import { counted } from "../counted.ts";
import { Deadline } from "../deadline.ts";
import { sum } from "../sum.ts";
import type { Fleet, FleetOptions } from "./fleet.ts";
import { OriginalDrawer } from "./original-drawer.ts";
import type { WatchReport } from "./watch-report.ts";

/** How long clients may take to connect, at the beginning. */
const OPEN_WAIT_MS = 10_000;

/** How long what is still on its way is waited for, at the end. */
const SETTLE_MS = 3_000;

/** People with the page of the original example, on a server like the original one: it keeps nothing, so each segment must reach each of the others. */
export class OriginalFleet implements Fleet {
  readonly #rate: number;
  readonly #signal: AbortSignal;
  readonly #drawers: readonly OriginalDrawer[];
  readonly #stopped = new AbortController();
  #drawing: readonly Promise<void>[] = [];
  #drawn = 0;
  #lost = 0;

  constructor({ target, clients, rate, signal }: FleetOptions) {
    this.#rate = rate;
    this.#signal = signal;
    this.#drawers = Array.from({ length: clients }, (_, index) => new OriginalDrawer(target, index / clients));
    setMaxListeners(0, this.#stopped.signal);
  }

  get traffic(): string {
    return `as the original example's, which keep nothing: ${counted(this.#rate, "segment")} a second`;
  }

  async open(): Promise<void> {
    using deadline = new Deadline(OPEN_WAIT_MS, this.#signal);
    const { signal } = deadline;
    await Promise.all(
      this.#drawers.map((drawer) => drawer.changes.until("a connection", () => drawer.isConnected, signal)),
    );
  }

  /** They take turns, so that segments come evenly. */
  start(): void {
    const everyMs = (1_000 * this.#drawers.length) / this.#rate;
    this.#drawing = this.#drawers.map((drawer, index) => {
      drawer.silence.begin();
      return drawer.draw((index * 1_000) / this.#rate, everyMs, this.#stopped.signal, () => this.#nextNumber());
    });
  }

  async finish(): Promise<void> {
    await this.#stop();
    for (const { silence } of this.#drawers) silence.end();
    const [first] = this.#drawers;
    await first?.changes.within(SETTLE_MS, () => this.#missing() === 0);
    this.#lost = this.#missing();
  }

  report(): WatchReport {
    const drawers = this.#drawers;
    return {
      clients: drawers.length,
      pods: [],
      taken: this.#drawn,
      notTaken: 0,
      received: sum(drawers, ({ received }) => received),
      reconnects: sum(drawers, ({ reconnects }) => reconnects),
      silences: drawers.map(({ silence }) => silence.longest),
      lost: this.#lost,
      repeated: sum(drawers, ({ repeated }) => repeated),
      outOfOrder: sum(drawers, ({ outOfOrder }) => outOfOrder),
      unacknowledged: 0,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    for (const drawer of this.#drawers) drawer.close();
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
    const received = sum(this.#drawers, (drawer) => drawer.received);
    return this.#drawn * (this.#drawers.length - 1) - received;
  }
}
