import { sum } from "./sum.ts";

/** An update of a watch. */
export interface SentUpdate {
  readonly id: string;
  /** Grows within an id. */
  readonly number: number;
  /** When the request was made, by `performance.now()`. */
  readonly sentAt: number;
  /** The service took it: everybody must get it, or a newer one of its id. If not, it may still have been taken. */
  isTaken: boolean;
}

/** An update as it came. */
interface Arrival {
  readonly update: SentUpdate;
  /** When the connection was opened over which it came. */
  readonly openedAt: number;
}

/** What came to one subscriber, and what that says of the rest. */
export class Arrivals {
  readonly #received = new Set<SentUpdate>();
  /** By id, in the order in which it came. */
  readonly #byId = new Map<string, Arrival[]>();
  #repeated = 0;

  /** @param openedAt when the connection was opened over which it came, by `performance.now()`. */
  add(update: SentUpdate, openedAt: number): void {
    if (this.#received.has(update)) this.#repeated += 1;
    this.#received.add(update);
    const arrivals = this.#byId.get(update.id) ?? [];
    arrivals.push({ update, openedAt });
    this.#byId.set(update.id, arrivals);
  }

  /** Different updates. */
  get received(): number {
    return this.#received.size;
  }

  get repeated(): number {
    return this.#repeated;
  }

  /** Updates that came after a newer one of their id. One that was not taken for sure may have been taken later. */
  get outOfOrder(): number {
    return sum([...this.#byId.values()], backwardSteps);
  }

  /** Updates that neither came nor were replaced. */
  missing(taken: readonly SentUpdate[]): number {
    return taken.filter((update) => !this.#received.has(update) && !this.#wasReplaced(update)).length;
  }

  /** A snapshot has only the newest value of each id [B6]: what was published before the connection may be missing. */
  #wasReplaced({ id, number }: SentUpdate): boolean {
    return (this.#byId.get(id) ?? []).some(
      ({ update, openedAt }) => update.number > number && update.sentAt <= openedAt,
    );
  }
}

function backwardSteps(arrivals: readonly Arrival[]): number {
  let newest = 0;
  let steps = 0;
  for (const { update } of arrivals) {
    if (!update.isTaken) continue;
    if (update.number < newest) steps += 1;
    newest = Math.max(newest, update.number);
  }
  return steps;
}
