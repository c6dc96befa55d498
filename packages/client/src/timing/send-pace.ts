import type { ClientId } from "@crosspod/protocol";
import type { Clock } from "./clock.ts";

/** One message in `intervalMs` over time, and `burst` at once after a pause [W8]. */
interface Rate {
  readonly intervalMs: number;
  readonly burst: number;
}

/** A sample of a pen is seen at once: what it costs the others is little. */
const FEW_DRAW: Rate = { intervalMs: 16, burst: 30 };
/** Two samples of a pen at 60 Hz to a message. */
const MANY_DRAW: Rate = { intervalMs: 33, burst: 1 };
/** Three: each message is sent to everybody, so its costs grow with the square of the people. */
const CROWD_DRAWS: Rate = { intervalMs: 50, burst: 1 };
/** More authors than this of late are many. */
const FEW_AUTHORS = 5;
/** More than this are a crowd. */
const MANY_AUTHORS = 100;
const LATE_MS = 1_000;

/** How often each client sends while so many draw. */
export const sendRate = (authors: number): Rate =>
  authors > MANY_AUTHORS ? CROWD_DRAWS : authors > FEW_AUTHORS ? MANY_DRAW : FEW_DRAW;

/** A token bucket whose rate depends on how many people draw. */
export class SendPace {
  readonly #clock: Clock;
  /** When each was seen last, oldest first. */
  readonly #authors = new Map<ClientId, number>();
  /** A message costs the interval of the rate. */
  #creditMs = FEW_DRAW.burst * FEW_DRAW.intervalMs;
  #filledAt: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#filledAt = clock.now();
  }

  /** An operation of this client came through the log. */
  see(author: ClientId): void {
    this.#authors.delete(author);
    this.#authors.set(author, this.#clock.now());
  }

  /** Milliseconds until a message may be sent; 0 when it may be now. */
  get waitMs(): number {
    const { intervalMs, burst } = this.#rate;
    const now = this.#clock.now();
    this.#creditMs = Math.min(burst * intervalMs, this.#creditMs + now - this.#filledAt);
    this.#filledAt = now;
    return Math.max(0, intervalMs - this.#creditMs);
  }

  spend(): void {
    this.#creditMs -= this.#rate.intervalMs;
  }

  get #rate(): Rate {
    const since = this.#clock.now() - LATE_MS;
    for (const [author, at] of this.#authors) {
      if (at > since) break;
      this.#authors.delete(author);
    }
    return sendRate(this.#authors.size);
  }
}
