import type { ClientId } from "@crosspod/protocol";

/** The newest stored number of each client [W6]; beyond so many, the one that was silent for longest is forgotten. */
export class DedupTable {
  readonly #clientSeqs = new Map<ClientId, number>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  /** 0 for a client that is not known. */
  get(client: ClientId): number {
    return this.#clientSeqs.get(client) ?? 0;
  }

  set(client: ClientId, clientSeq: number): void {
    this.#clientSeqs.delete(client);
    this.#clientSeqs.set(client, clientSeq);
    if (this.#clientSeqs.size <= this.#max) return;
    const [oldest] = this.#clientSeqs.keys();
    if (oldest !== undefined) this.#clientSeqs.delete(oldest);
  }
}
