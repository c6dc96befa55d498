import type { Clock } from "./clock.ts";
import { Timer } from "./timer.ts";

/** Messages that come steadily are missed after so many times the longest pause between them. */
const MISSED_PAUSES = 2;
/** A long pause is forgotten by half in this time, while messages come. */
const HALF_LIFE_MS = 300;
/** What it is taken for when the first message comes. */
const FIRST_PAUSE_MS = 1_000;
/** Nothing is missed earlier than this. */
const SOONEST_DOUBT_MS = 200;
/** An answer has at least this long. */
const SHORTEST_ANSWER_MS = 200;
/** Who looks for the answer this much too late was busy, and may have it before him unread. */
const LATE_MS = 50;

export interface SilenceWatchOptions {
  readonly clock: Clock;
  /** Whether silence means nothing now: an answer on its way may be a whole board, and all else waits behind it. */
  readonly isExcused?: () => boolean;
  /** Asks the service for a sign of life, whatever it be. */
  readonly onDoubt: () => void;
  /** The connection looks open, and is dead. */
  readonly onSilent: () => void;
}

/**
 * Notices that a connection is dead which looks open [B8] [W10]: nothing has come for longer than a heartbeat takes; or messages came steadily, stopped, and the service does not answer when it is asked.
 * So the loss of a pod is felt for a moment while something goes on, although a gateway may keep its connections open for seconds.
 */
export class SilenceWatch {
  readonly #clock: Clock;
  readonly #isExcused: () => boolean;
  readonly #onDoubt: () => void;
  readonly #onSilent: () => void;
  readonly #timer: Timer;
  #lookAt = 0;
  #limitMs = 0;
  #roundTripMs = 0;
  #heardAt = 0;
  /** Of late; undefined until something has come. */
  #longestPauseMs: number | undefined;
  /** Whether the service was asked, and nothing has come since. */
  #isAsked = false;
  /** Doubles with each connection that was given up for want of an answer: they may be slow rather than dead. */
  #patience = 1;

  constructor({ clock, isExcused = () => false, onDoubt, onSilent }: SilenceWatchOptions) {
    this.#clock = clock;
    this.#isExcused = isExcused;
    this.#onDoubt = onDoubt;
    this.#onSilent = onSilent;
    this.#timer = new Timer(clock, () => this.#look());
  }

  /**
   * Watches a connection from now on.
   *
   * @param limitMs so many milliseconds of silence are too long, whatever came before.
   * @param roundTripMs what an answer takes over this connection, as far as that is known.
   */
  start(limitMs: number, roundTripMs: number): void {
    this.#limitMs = limitMs;
    this.#roundTripMs = roundTripMs;
    this.#heardAt = this.#clock.now();
    this.#longestPauseMs = undefined;
    this.#isAsked = false;
    this.#lookIn(limitMs);
  }

  /** Something came, whatever it was. */
  heard(): void {
    const now = this.#clock.now();
    const pauseMs = now - this.#heardAt;
    const before = this.#longestPauseMs ?? FIRST_PAUSE_MS;
    this.#longestPauseMs = Math.max(pauseMs, before * 2 ** (-pauseMs / HALF_LIFE_MS));
    this.#heardAt = now;
    if (this.#isAsked) this.#patience = Math.max(1, this.#patience / 2);
    this.#isAsked = false;
    if (this.#timer.isRunning && now + this.#doubtAfterMs < this.#lookAt) this.#lookIn(this.#doubtAfterMs);
  }

  stop(): void {
    this.#timer.stop();
  }

  get #doubtAfterMs(): number {
    const longestPauseMs = this.#longestPauseMs ?? this.#limitMs;
    return Math.min(this.#limitMs, Math.max(SOONEST_DOUBT_MS, MISSED_PAUSES * longestPauseMs));
  }

  /** Whole milliseconds: less would be no time at all for a clock that has none between them. */
  #lookIn(ms: number): void {
    const wholeMs = Math.ceil(ms);
    this.#timer.stop();
    this.#lookAt = this.#clock.now() + wholeMs;
    this.#timer.start(wholeMs);
  }

  #look(): void {
    const now = this.#clock.now();
    if (this.#isExcused()) {
      this.#heardAt = now;
      this.#isAsked = false;
    }
    const silenceMs = now - this.#heardAt;
    if (silenceMs >= this.#limitMs) this.#onSilent();
    else if (this.#isAsked) this.#missAnswer(now);
    else if (silenceMs >= this.#doubtAfterMs) this.#doubt();
    else this.#lookIn(this.#doubtAfterMs - silenceMs);
  }

  #doubt(): void {
    this.#isAsked = true;
    const answerMs = this.#patience * Math.max(SHORTEST_ANSWER_MS, this.#roundTripMs);
    this.#lookIn(Math.min(answerMs, this.#heardAt + this.#limitMs - this.#clock.now()));
    this.#onDoubt();
  }

  #missAnswer(now: number): void {
    if (now - this.#lookAt > LATE_MS) return this.#lookIn(LATE_MS);
    this.#patience *= 2;
    this.#onSilent();
  }
}
