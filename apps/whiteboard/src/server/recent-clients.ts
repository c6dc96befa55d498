import type { ClientId } from "@crosspod/protocol";

/** The newest number of each client that is committed [W6]. At most so many are remembered; the one that was silent for longest is forgotten first. */
export class RecentClients {
  readonly #numbers = new Map<ClientId, number>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  /** 0 for a client that is not known. */
  lastN(client: ClientId): number {
    return this.#numbers.get(client) ?? 0;
  }

  set(client: ClientId, n: number): void {
    this.#numbers.delete(client);
    this.#numbers.set(client, n);
    if (this.#numbers.size <= this.#max) return;
    const [oldest] = this.#numbers.keys();
    if (oldest !== undefined) this.#numbers.delete(oldest);
  }
}
