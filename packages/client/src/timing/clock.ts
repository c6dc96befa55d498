/** Ends a wait; calling it again, or after the wait is over, does nothing. */
export type Cancel = () => void;

/** The time of the clients, which a test can control. */
export interface Clock {
  /** Milliseconds of any clock that never goes back. */
  now(): number;
  /** Calls `run` once, `ms` milliseconds from now. */
  after(ms: number, run: () => void): Cancel;
}

/** The platform's own. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
