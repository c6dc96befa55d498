import type { Person } from "@crosspod/protocol";
import { Throttle } from "./throttle.ts";

/**
 * How often a pod sends its list of people without a change: a third of the time after which others forget it [W11].
 */
const PEOPLE_INTERVAL_MS = 5_000;

/** Shortest time between two lists when many come and go: a list is long where there are many. */
const CHANGE_INTERVAL_MS = 1_000;

/** The people whom this pod has on one board [W11]. */
export class People {
  readonly #names = new Map<string, string>();
  readonly #changed: Throttle;
  readonly #repeat: NodeJS.Timeout;

  /**
   * @param changed takes the whole list when it has changed …
   * @param repeat … and every few seconds.
   */
  constructor(changed: (people: Person[]) => void, repeat: (people: Person[]) => void) {
    this.#changed = new Throttle(CHANGE_INTERVAL_MS, () => changed(this.list()));
    this.#repeat = setInterval(() => repeat(this.list()), PEOPLE_INTERVAL_MS);
  }

  list(): Person[] {
    return [...this.#names].map(([id, name]) => ({ id, name }));
  }

  /** @param id of the connection. */
  set(id: string, name: string): void {
    if (this.#names.get(id) === name) return;
    this.#names.set(id, name);
    this.#changed.request();
  }

  /** Whether there was such a one. */
  delete(id: string): boolean {
    const wasHere = this.#names.delete(id);
    if (wasHere) this.#changed.request();
    return wasHere;
  }

  close(): void {
    clearInterval(this.#repeat);
    this.#changed.close();
  }
}
