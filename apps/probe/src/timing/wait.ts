import { EventEmitter, once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Deadline } from "./deadline.ts";

/** How often a condition is checked that no event announces. */
const LOOK_MS = 100;

/** How long what is sent may take to everybody, until it counts as missed. */
export const MISSED_AFTER_MS = 3_000;

/** What was waited for did not come. */
export class WaitError extends Error {
  override readonly name = "WaitError";
}

/** Wakes what waits for a condition, after each change. */
export class Changes {
  readonly #events = new EventEmitter().setMaxListeners(0);

  happened(): void {
    this.#events.emit("change");
  }

  /** Resolves when something is so, looked at after each change; rejects with a {@link WaitError} on the signal. */
  async until(what: string, isSo: () => boolean, signal: AbortSignal): Promise<void> {
    while (!isSo()) {
      if (signal.aborted) throw new WaitError(`waited in vain for ${what}`);
      // Its timer keeps the process alive: when all connections have ended, nothing else does.
      using look = new Deadline(LOOK_MS, signal);
      await once(this.#events, "change", { signal: look.signal }).catch(() => {});
    }
  }

  /** Whether something is so within some milliseconds, or before the signal fires, if there is one. */
  async within(
    milliseconds: number,
    isSo: () => boolean,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<boolean> {
    using sooner = new Deadline(milliseconds, signal);
    await this.until("it", isSo, sooner.signal).catch(() => {});
    return isSo();
  }
}

/** The clients for which a condition still does not hold after {@link MISSED_AFTER_MS}. */
export async function thoseWithout<T extends { readonly changes: Changes }>(
  clients: readonly T[],
  isSo: (client: T) => boolean,
  signal: AbortSignal,
): Promise<T[]> {
  await Promise.all(clients.map((client) => client.changes.within(MISSED_AFTER_MS, () => isSo(client), signal)));
  return clients.filter((client) => !isSo(client));
}

/** Resolves with a client when it is ready; closes it when it does not become so. */
export async function whenReady<T extends Disposable>(client: T, ready: Promise<unknown>): Promise<T> {
  try {
    await ready;
    return client;
  } catch (error) {
    client[Symbol.dispose]();
    throw error;
  }
}

/** Resolves after some milliseconds, or at once when the signal says that it is over; it never rejects. */
export const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  sleep(milliseconds, undefined, { signal }).catch(() => {});
