import { systemClock } from "../timing/clock.ts";
import { Timer } from "../timing/timer.ts";
import type { BoardClient } from "./board-client.ts";

/** A page that stays outdated, as while pods of two versions run, is not loaded more often than this [W14]. */
const RELOAD_INTERVAL_MS = 60_000;

/** Which page to load anew, and how. */
export interface OutdatedReloadOptions {
  readonly client: Pick<BoardClient, "syncError" | "saveState" | "onSyncError" | "onSaveState">;
  /** Loads the page anew. */
  readonly reload: () => void;
}

/** Loads a page anew whose version the service does not speak, once nothing waits in its outbox [W14]. */
export function reloadWhenOutdated({ client, reload }: OutdatedReloadOptions): void {
  // A new page does not know when the last one was loaded, so each waits for so long before it may be replaced.
  let notBefore = systemClock.now() + RELOAD_INTERVAL_MS;
  const look = (): void => {
    const { syncError, saveState } = client;
    const waiting = saveState.state === "saved" ? 0 : saveState.operations;
    if (syncError?.code !== "outdated" || waiting > 0) return;
    const now = systemClock.now();
    if (now < notBefore) return wait.start(notBefore - now);
    notBefore = now + RELOAD_INTERVAL_MS;
    reload();
  };
  const wait = new Timer(systemClock, look);
  client.onSyncError(look);
  client.onSaveState(look);
}
