import { randomUUID } from "node:crypto";

/** How often a marker is sent, and after how long without one coming back the subscription counts as dead. */
const MARKER_INTERVAL_MS = 500;
const PROOF_TTL_MS = 2_000;

export interface DeliveryProofOptions {
  /** Publishes a marker to this pod's own subscription, among others'. */
  readonly send: (marker: string) => Promise<unknown>;
  /** Told when the subscription has become dead, and when it is proven again. */
  readonly changed: (alive: boolean) => void;
  /** Told at each marker that is due while the subscription is dead: time to make its connection anew. */
  readonly revive: () => void;
}

/**
 * Proves that a subscription delivers: a marker that this pod publishes must come back on its own subscription. A connection that answers PING, and
 * a process that runs, prove nothing of the kind.
 */
export class DeliveryProof {
  readonly #options: DeliveryProofOptions;
  readonly #marker = randomUUID();
  #timer: NodeJS.Timeout | undefined;
  #lastSeen = Number.NEGATIVE_INFINITY;
  #lastRevival = Number.NEGATIVE_INFINITY;
  #alive = false;
  #proven: () => void = () => {};

  constructor(options: DeliveryProofOptions) {
    this.#options = options;
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Sends the first marker, and then one after the other until {@link stop}. Resolves when the first has come back. */
  start(): Promise<void> {
    this.#lastRevival = performance.now();
    this.#send();
    this.#timer = setInterval(() => this.#tick(), MARKER_INTERVAL_MS);
    return new Promise((resolve) => {
      this.#proven = resolve;
    });
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** A marker arrived on the subscription; those of other pods prove nothing. */
  received(marker: string): void {
    if (marker !== this.#marker) return;
    this.#lastSeen = performance.now();
    this.#set(true);
    this.#proven();
  }

  #tick(): void {
    const now = performance.now();
    this.#send();
    if (now - this.#lastSeen <= PROOF_TTL_MS) return;
    this.#set(false);
    if (now - this.#lastRevival <= PROOF_TTL_MS) return;
    this.#lastRevival = now;
    this.#options.revive();
  }

  #send(): void {
    // That it fails shows in the marker which does not come back.
    this.#options.send(this.#marker).catch(() => {});
  }

  #set(alive: boolean): void {
    if (alive === this.#alive) return;
    this.#alive = alive;
    this.#options.changed(alive);
  }
}
