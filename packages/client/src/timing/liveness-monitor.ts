import type { Clock } from "./clock.ts";
import { Timer } from "./timer.ts";

/** Messages that come steadily are missed after so many times the longest pause between them … */
const MISSED_PAUSES = 2;
/** … but not earlier than this … */
const SOONEST_SUSPICION_MS = 200;
/** … and where that is later than this, they are too few to be missed at all. */
const LATEST_SUSPICION_MS = 1_000;
/** A long pause is forgotten by half in this time, while messages come. */
const HALF_LIFE_MS = 300;
/** What the longest pause is taken for when the first message comes. */
const ASSUMED_PAUSE_MS = 1_000;
/** Between two questions, at least. */
const QUESTION_INTERVAL_MS = 1_000;
/** How long to wait for the first answer, before it is known what one takes; and for any answer, at least. */
const UNKNOWN_ANSWER_MS = 1_000;
const SHORTEST_ANSWER_MS = 200;
/** What one takes is found out within this time after the first message: not all clients of a pod ask at once. */
const MEASURE_WITHIN_MS = 1_000;
/** Answers may take twice what they took, and a little more. */
const ANSWER_MARGIN_MS = 100;
/** A slow answer counts this much less with each later one. */
const ANSWER_DECAY = 0.8;
/** A timer that fires this much too late ran in a busy process: the answer may be there, unread. */
const LATE_MS = 50;

export interface LivenessMonitorOptions {
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Whether silence means nothing now: an answer on its way may be a whole board, and all else waits behind it. */
  readonly isExcused?: () => boolean;
  /** Asks the service whether it is there. Resolves with the answer; it may also never do so. */
  readonly ask: () => Promise<unknown>;
  /** The connection looks open, and is dead. */
  readonly onSilent: () => void;
}

/**
 * Notices that a connection is dead which looks open [B8] [W10]: nothing came for longer than a heartbeat takes, or
 * messages came steadily, stopped, and the service does not answer. A gateway may keep a dead pod's connections open.
 */
export class LivenessMonitor {
  readonly #options: LivenessMonitorOptions;
  readonly #timer: Timer;
  readonly #measuring: Timer;
  #lookAt = 0;
  #limitMs = 0;
  #heardAt = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** Whether it was asked on a suspicion, and nothing has come since. */
  #isSuspected = false;
  /** Undefined until something has come. */
  #longestPauseMs: number | undefined;
  /** What an answer took over this connection, of late; undefined until there was one. */
  #answerMs: number | undefined;
  /** Doubles with each connection that was given up for want of an answer: they may be slow rather than dead. */
  #patience = 1;
  /** Counts connections: what is answered late says nothing of the next one. */
  #connection = 0;

  constructor(options: LivenessMonitorOptions) {
    this.#options = options;
    this.#timer = new Timer(options.clock, () => this.#look());
    this.#measuring = new Timer(options.clock, () => void this.#question());
  }

  /** Watches a connection from now on: `limitMs` milliseconds of silence are too long, whatever came before. */
  start(limitMs: number): void {
    this.stop();
    this.#connection += 1;
    this.#limitMs = limitMs;
    this.#heardAt = this.#now;
    this.#askedAt = Number.NEGATIVE_INFINITY;
    this.#isSuspected = false;
    this.#longestPauseMs = undefined;
    this.#answerMs = undefined;
    this.#lookIn(limitMs);
  }

  /** Something came, whatever it was. */
  heard(): void {
    if (!this.#timer.isRunning) return;
    const now = this.#now;
    if (this.#longestPauseMs === undefined) this.#measuring.start(this.#options.random() * MEASURE_WITHIN_MS);
    const pauseMs = now - this.#heardAt;
    const before = this.#longestPauseMs ?? ASSUMED_PAUSE_MS;
    this.#longestPauseMs = Math.max(pauseMs, before * 2 ** (-pauseMs / HALF_LIFE_MS));
    this.#heardAt = now;
    if (this.#isSuspected) this.#patience = Math.max(1, this.#patience / 2);
    this.#isSuspected = false;
    if (this.#nextSuspicionAt < this.#lookAt) this.#lookIn(this.#nextSuspicionAt - now);
  }

  stop(): void {
    this.#timer.stop();
    this.#measuring.stop();
  }

  get #now(): number {
    return this.#options.clock.now();
  }

  /** By the clock; when the silence is too long, if messages are not missed before. */
  get #nextSuspicionAt(): number {
    const limitAt = this.#heardAt + this.#limitMs;
    if (this.#longestPauseMs === undefined) return limitAt;
    const suspicionMs = Math.max(SOONEST_SUSPICION_MS, MISSED_PAUSES * this.#longestPauseMs);
    if (suspicionMs > LATEST_SUSPICION_MS) return limitAt;
    return Math.min(limitAt, Math.max(this.#heardAt + suspicionMs, this.#askedAt + QUESTION_INTERVAL_MS));
  }

  /** Whole milliseconds: less would be no time at all for a clock that has none between them. */
  #lookIn(ms: number): void {
    const wholeMs = Math.ceil(ms);
    this.#timer.stop();
    this.#lookAt = this.#now + wholeMs;
    this.#timer.start(wholeMs);
  }

  #look(): void {
    const now = this.#now;
    if (this.#options.isExcused?.()) {
      this.#heardAt = now;
      this.#isSuspected = false;
    }
    if (now - this.#heardAt >= this.#limitMs) this.#options.onSilent();
    else if (this.#isSuspected) this.#missAnswer(now);
    else if (now >= this.#nextSuspicionAt) this.#suspect(now);
    else this.#lookIn(this.#nextSuspicionAt - now);
  }

  #suspect(now: number): void {
    this.#isSuspected = true;
    const usualMs = this.#answerMs === undefined ? UNKNOWN_ANSWER_MS : 2 * this.#answerMs + ANSWER_MARGIN_MS;
    const answerMs = this.#patience * Math.max(SHORTEST_ANSWER_MS, usualMs);
    this.#lookIn(Math.min(answerMs, this.#heardAt + this.#limitMs - now));
    void this.#question();
  }

  #missAnswer(now: number): void {
    if (now - this.#lookAt > LATE_MS) return this.#lookIn(LATE_MS);
    this.#patience *= 2;
    this.#options.onSilent();
  }

  async #question(): Promise<void> {
    const connection = this.#connection;
    const askedAt = this.#now;
    this.#askedAt = askedAt;
    try {
      await this.#options.ask();
    } catch {
      // Without a connection there is no answer.
      return;
    }
    if (connection !== this.#connection) return;
    this.#answerMs = Math.max(this.#now - askedAt, ANSWER_DECAY * (this.#answerMs ?? 0));
  }
}
