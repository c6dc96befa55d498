import type { BoardClient } from "./board-client.ts";
import { type Clock, systemClock } from "./clock.ts";
import { Timer } from "./timer.ts";

/** A page that stays outdated, as while pods of two versions run, is not loaded more often than this [W14]. */
const RELOAD_INTERVAL_MS = 60_000;

export interface OutdatedReloadOptions {
  readonly client: Pick<BoardClient, "syncError" | "saveState" | "onSyncError" | "onSaveState">;
  /** Loads the page anew. */
  readonly reload: () => void;
  readonly clock?: Clock;
}

/** Loads a page anew whose version the service does not speak, once nothing waits in its outbox [W14]. */
export class OutdatedReload {
  readonly #client: OutdatedReloadOptions["client"];
  readonly #reload: () => void;
  readonly #clock: Clock;
  readonly #wait: Timer;
  /** The page that was loaded instead knows nothing of this one: so each must have been there for a while. */
  #notBefore: number;

  constructor({ client, reload, clock = systemClock }: OutdatedReloadOptions) {
    this.#client = client;
    this.#reload = reload;
    this.#clock = clock;
    this.#wait = new Timer(clock, () => this.#look());
    this.#notBefore = clock.now() + RELOAD_INTERVAL_MS;
    client.onSyncError(() => this.#look());
    client.onSaveState(() => this.#look());
  }

  #look(): void {
    const { syncError, saveState } = this.#client;
    const waiting = saveState.state === "saved" ? 0 : saveState.operations;
    if (syncError?.code !== "outdated" || waiting > 0) return;
    const now = this.#clock.now();
    if (now < this.#notBefore) return this.#wait.start(this.#notBefore - now);
    this.#notBefore = now + RELOAD_INTERVAL_MS;
    this.#reload();
  }
}
