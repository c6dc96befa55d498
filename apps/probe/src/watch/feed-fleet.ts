import { randomBytes } from "node:crypto";
import { publish } from "../checks/published.ts";
import { pluralize } from "../format/pluralize.ts";
import type { SentUpdate } from "./arrivals.ts";
import { FeedSubscriber } from "./feed-subscriber.ts";
import { Fleet, type FleetOptions } from "./fleet.ts";
import { sum } from "./sum.ts";
import type { WatchReport } from "./watch-report.ts";

/** More ids would fill the feed, which keeps them. */
const MAX_IDS = 10;

/** A request that takes longer is given up. */
const REQUEST_WAIT_MS = 5_000;

/** How long what is still on its way is waited for, at the end. */
const SETTLE_MS = 5_000;

/** Subscribers of the feed, and its traffic. Each id has one request at a time, so that their order is known. */
export class FeedFleet extends Fleet<FeedSubscriber> {
  readonly #ids: number;
  readonly #run = randomBytes(4).toString("hex");
  /** Everything that was sent, by its value, which is never used again. */
  readonly #updates: Map<string, SentUpdate>;

  constructor(options: FleetOptions) {
    const updates = new Map<string, SentUpdate>();
    const ids = Math.min(MAX_IDS, options.rate);
    super(options, () => new FeedSubscriber(options.target, updates), ids);
    this.#ids = ids;
    this.#updates = updates;
  }

  get traffic(): string {
    return `${pluralize(this.options.rate, "update")} a second of the ids crosspod-probe-1 to -${this.#ids}`;
  }

  protected async send(sender: number): Promise<void> {
    const id = `crosspod-probe-${sender + 1}`;
    const number = this.#updates.size + 1;
    const value = `${this.#run}-${number}`;
    const update: SentUpdate = { id, number, sentAt: performance.now(), isTaken: false };
    this.#updates.set(value, update);
    const published = publish(this.options.target, id, value, AbortSignal.timeout(REQUEST_WAIT_MS));
    update.isTaken = await published.then(
      () => true,
      () => false,
    );
  }

  protected async compare(): Promise<void> {
    const taken = this.#taken;
    const missing = ({ arrivals }: FeedSubscriber): number => arrivals.missing(taken);
    await Promise.all(
      this.members.map((subscriber) => subscriber.changes.within(SETTLE_MS, () => missing(subscriber) === 0)),
    );
    this.lost = sum(this.members, missing);
  }

  protected counts(): Pick<WatchReport, "taken" | "notTaken"> {
    const taken = this.#taken.length;
    return { taken, notTaken: this.#updates.size - taken };
  }

  get #taken(): SentUpdate[] {
    return [...this.#updates.values()].filter(({ isTaken }) => isTaken);
  }
}
