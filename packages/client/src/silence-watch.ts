import type { Clock } from "./clock.ts";
import { Timer } from "./timer.ts";

/** So many announcements of a head may fail to come. */
const SILENT_HEADS = 2.5;
/** For what delays the last of them on the way. */
const MARGIN_MS = 2_000;

export interface SilenceWatchOptions {
  readonly clock: Clock;
  /** Whether silence means nothing now: an answer on its way may be a whole board, and all else waits behind it. */
  readonly isExcused: () => boolean;
  readonly onSilent: () => void;
}

/** Notices that nothing at all comes over a connection on which a head must come every few seconds [W10]. */
export class SilenceWatch {
  readonly #clock: Clock;
  readonly #isExcused: () => boolean;
  readonly #onSilent: () => void;
  readonly #timer: Timer;
  #limitMs = 0;
  #heardAt = 0;

  constructor({ clock, isExcused, onSilent }: SilenceWatchOptions) {
    this.#clock = clock;
    this.#isExcused = isExcused;
    this.#onSilent = onSilent;
    this.#timer = new Timer(clock, () => this.#look());
  }

  /** From now on a head comes every `headSeconds`. */
  start(headSeconds: number): void {
    this.stop();
    this.#limitMs = SILENT_HEADS * headSeconds * 1_000 + MARGIN_MS;
    this.heard();
    this.#timer.start(this.#limitMs);
  }

  /** Something came, whatever it was. */
  heard(): void {
    this.#heardAt = this.#clock.now();
  }

  stop(): void {
    this.#timer.stop();
  }

  #look(): void {
    if (this.#isExcused()) this.heard();
    const restMs = this.#heardAt + this.#limitMs - this.#clock.now();
    if (restMs > 0) this.#timer.start(restMs);
    else this.#onSilent();
  }
}
