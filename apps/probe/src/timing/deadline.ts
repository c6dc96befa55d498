import { setMaxListeners } from "node:events";

/**
 * A timeout, combined with a larger signal. Disposing of it stops its clock. Node 20 garbage-collects a timeout that
 * only `AbortSignal.any` refers to; this one stays, and keeps the process alive.
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
