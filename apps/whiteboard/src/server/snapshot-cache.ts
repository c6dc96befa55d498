import type { History } from "@crosspod/protocol";

/** Newest whole boards as text, at most so many characters of them: many ask for the same one when a pod has gone. The one that was used least lately is forgotten first. */
export class SnapshotCache {
  readonly #snapshots = new Map<string, History>();
  readonly #maxCharacters: number;
  #characters = 0;

  constructor(maxCharacters: number) {
    this.#maxCharacters = maxCharacters;
  }

  get(board: string): History | undefined {
    const snapshot = this.#snapshots.get(board);
    if (!snapshot) return undefined;
    this.#snapshots.delete(board);
    this.#snapshots.set(board, snapshot);
    return snapshot;
  }

  set(board: string, snapshot: History): void {
    this.#delete(board);
    this.#snapshots.set(board, snapshot);
    this.#characters += sizeOf(snapshot);
    for (const oldest of this.#snapshots.keys()) {
      if (this.#characters <= this.#maxCharacters) return;
      this.#delete(oldest);
    }
  }

  #delete(board: string): void {
    const snapshot = this.#snapshots.get(board);
    if (!snapshot) return;
    this.#snapshots.delete(board);
    this.#characters -= sizeOf(snapshot);
  }
}

const sizeOf = ({ items = "" }: History): number => items.length;
