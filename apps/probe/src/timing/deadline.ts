import { setMaxListeners } from "node:events";

/**
 * Ends what takes too long, together with what ends it all. Disposing of it stops its clock. Node 20 forgets a timeout
 * that only `AbortSignal.any` knows at the next garbage collection; this one never is, and keeps the process alive.
 */
export class Deadline implements Disposable {
  /** Fires after the time, or when the larger signal does. */
  readonly signal: AbortSignal;
  readonly #timer: NodeJS.Timeout;

  constructor(milliseconds: number, signal: AbortSignal) {
    const late = new AbortController();
    this.#timer = setTimeout(() => late.abort(new DOMException("it took too long", "TimeoutError")), milliseconds);
    this.signal = AbortSignal.any([signal, late.signal]);
    // Many clients wait for one end.
    setMaxListeners(0, this.signal);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
