import { counted } from "../counted.ts";
import { Deadline } from "../deadline.ts";
import { sum } from "../sum.ts";
import { FeedReader } from "./feed-reader.ts";
import { FeedTraffic } from "./feed-traffic.ts";
import type { Fleet, FleetOptions } from "./fleet.ts";
import type { WatchReport } from "./watch-report.ts";

/** How long clients may take to connect, at the beginning. */
const OPEN_WAIT_MS = 10_000;

/** How long what is still on its way is waited for, at the end. */
const SETTLE_MS = 5_000;

/** Readers of the feed, and what is published for them. */
export class FeedFleet implements Fleet {
  readonly #readers: readonly FeedReader[];
  readonly #traffic: FeedTraffic;
  readonly #signal: AbortSignal;
  readonly #rate: number;
  #lost = 0;

  constructor({ target, clients, rate, signal }: FleetOptions) {
    this.#traffic = new FeedTraffic(target, rate);
    this.#readers = Array.from({ length: clients }, () => new FeedReader(target, this.#traffic.updates));
    this.#signal = signal;
    this.#rate = rate;
  }

  get traffic(): string {
    return `${counted(this.#rate, "update")} a second of the ids crosspod-probe-1 to -${this.#traffic.ids.length}`;
  }

  async open(): Promise<void> {
    using deadline = new Deadline(OPEN_WAIT_MS, this.#signal);
    const { signal } = deadline;
    await Promise.all(
      this.#readers.map(({ client, changes }) =>
        changes.until("the feed to be live", () => client.state === "live", signal),
      ),
    );
  }

  start(): void {
    for (const { silence } of this.#readers) silence.begin();
    this.#traffic.start();
  }

  async finish(): Promise<void> {
    await this.#traffic.stop();
    for (const { silence } of this.#readers) silence.end();
    const { taken } = this.#traffic;
    const waits = this.#readers.map((reader) =>
      reader.changes.within(SETTLE_MS, () => reader.arrivals.missing(taken) === 0),
    );
    await Promise.all(waits);
    this.#lost = sum(this.#readers, ({ arrivals }) => arrivals.missing(taken));
  }

  report(): WatchReport {
    const readers = this.#readers;
    const taken = this.#traffic.taken.length;
    return {
      clients: readers.length,
      pods: [...new Set(readers.flatMap(({ client }) => client.hello?.pod ?? []))].sort(),
      taken,
      notTaken: this.#traffic.updates.size - taken,
      received: sum(readers, ({ arrivals }) => arrivals.received),
      reconnects: sum(readers, ({ reconnects }) => reconnects),
      silences: readers.map(({ silence }) => silence.longest),
      lost: this.#lost,
      repeated: sum(readers, ({ arrivals }) => arrivals.repeated),
      outOfOrder: sum(readers, ({ arrivals }) => arrivals.outOfOrder),
      unacknowledged: 0,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#traffic.stop();
    for (const reader of this.#readers) reader.close();
  }
}
