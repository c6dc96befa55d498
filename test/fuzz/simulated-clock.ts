import type { Cancel, Clock } from "@crosspod/client";

interface Wait {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Time that goes on only when {@link run} says so: from one wait to the next, in the same order in every run. */
export class SimulatedClock implements Clock {
  #now = 0;
  #order = 0;
  /** A heap: the next one first. */
  readonly #waits: Wait[] = [];
  readonly #cancelled = new WeakSet<Wait>();

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): Cancel {
    const wait: Wait = { at: this.#now + Math.max(0, ms), order: this.#order++, run };
    this.#push(wait);
    return () => this.#cancelled.add(wait);
  }

  /** Lets time pass up to `until`, or until the condition holds. Between two waits all promises settle that can. */
  async run(until: number, condition: () => boolean = () => false): Promise<void> {
    await settled();
    for (let next = this.#waits[0]; next && next.at <= until && !condition(); next = this.#waits[0]) {
      this.#pop();
      if (this.#cancelled.has(next)) continue;
      this.#now = next.at;
      next.run();
      await settled();
    }
    if (!condition()) this.#now = Math.max(this.#now, until);
  }

  #push(wait: Wait): void {
    const waits = this.#waits;
    let index = waits.push(wait) - 1;
    for (let parent = (index - 1) >> 1; index > 0 && isBefore(wait, waits[parent]!); parent = (index - 1) >> 1) {
      waits[index] = waits[parent]!;
      index = parent;
    }
    waits[index] = wait;
  }

  #pop(): void {
    const waits = this.#waits;
    const last = waits.pop();
    if (!last || waits.length === 0) return;
    let index = 0;
    for (let child = 1; child < waits.length; child = 2 * index + 1) {
      if (child + 1 < waits.length && isBefore(waits[child + 1]!, waits[child]!)) child += 1;
      if (!isBefore(waits[child]!, last)) break;
      waits[index] = waits[child]!;
      index = child;
    }
    waits[index] = last;
  }
}

const isBefore = (a: Wait, b: Wait): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
