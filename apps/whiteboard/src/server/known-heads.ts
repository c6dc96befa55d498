import type { Head } from "@crosspod/protocol";

const NOTHING: Head = { epoch: "", seq: 0 };

/** How far the boards have come that this pod was asked for, as far as it has seen. At most so many are remembered; the one that was used least lately is forgotten first. */
export class KnownHeads {
  readonly #heads = new Map<string, Head>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get(board: string): Head {
    return this.#heads.get(board) ?? NOTHING;
  }

  /** Takes note of a head; replies overtake each other, so one that is older than another of its epoch changes nothing. */
  see(board: string, head: Head): void {
    const before = this.get(board);
    this.#heads.delete(board);
    this.#heads.set(board, before.epoch === head.epoch && before.seq > head.seq ? before : head);
    if (this.#heads.size <= this.#max) return;
    const [oldest] = this.#heads.keys();
    if (oldest !== undefined) this.#heads.delete(oldest);
  }
}
