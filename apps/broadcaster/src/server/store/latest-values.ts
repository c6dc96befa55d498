/** One id's newest value. */
export interface Entry {
  readonly id: string;
  readonly revision: number;
}

interface Link<T extends Entry> {
  entry: T;
  older: Link<T> | undefined;
  newer: Link<T> | undefined;
}

/**
 * The newest entry of each id, in order of revision: a map with a list through it, oldest to newest. It is the snapshot
 * for late joiners and the backlog for slow consumers; its size is the number of ids.
 */
export class LatestValues<T extends Entry> {
  readonly #links = new Map<string, Link<T>>();
  #oldest: Link<T> | undefined;
  #newest: Link<T> | undefined;
  /** Where the last walk stopped: a subscriber that catches up in pieces goes on from there. */
  #reached: Link<T> | undefined;

  get size(): number {
    return this.#links.size;
  }

  has(id: string): boolean {
    return this.#links.has(id);
  }

  /** Takes the place of the id's entry. Its revision must be above all that are here. */
  set(entry: T): void {
    const link = this.#links.get(entry.id) ?? { entry, older: undefined, newer: undefined };
    if (this.#newest && entry.revision <= this.#newest.entry.revision) {
      throw new RangeError(`revision ${entry.revision} is not above ${this.#newest.entry.revision}`);
    }
    if (this.#links.has(entry.id)) this.#unlink(link);
    else this.#links.set(entry.id, link);
    link.entry = entry;
    link.older = this.#newest;
    link.newer = undefined;
    if (this.#newest) this.#newest.newer = link;
    else this.#oldest = link;
    this.#newest = link;
  }

  clear(): void {
    this.#links.clear();
    this.#oldest = undefined;
    this.#newest = undefined;
    this.#reached = undefined;
  }

  /** The entries past `revision`, oldest first. Costs as many steps as there are such entries. */
  *after(revision: number): Generator<T> {
    let link = this.#firstAfter(revision);
    for (; link; link = link.newer) {
      this.#reached = link;
      yield link.entry;
    }
  }

  #firstAfter(revision: number): Link<T> | undefined {
    if (revision <= 0) return this.#oldest;
    if (this.#reached?.entry.revision === revision) return this.#reached.newer;
    let first: Link<T> | undefined;
    for (let link = this.#newest; link && link.entry.revision > revision; link = link.older) first = link;
    return first;
  }

  #unlink({ older, newer }: Link<T>): void {
    if (older) older.newer = newer;
    else this.#oldest = newer;
    if (newer) newer.older = older;
    else this.#newest = older;
  }
}
