/** After so long without anything the first beat comes; a client misses what came fast a little later [B8]. */
const FIRST_PAUSE_MS = 150;
/** Each pause is longer by this, and by less than makes a client miss the next beat … */
const GROWTH = 1.6;
/** … until it is so long that no client misses anything. What happens more seldom than this is not missed either. */
const LONG_PAUSE_MS = 500;

/** Beats at pauses that grow, when something that happened fast happens no more: for those who would otherwise all ask at once whether anybody is there. */
export class Pulse {
  readonly #beat: () => void;
  #happenedAt = Number.NEGATIVE_INFINITY;
  #pauseMs = FIRST_PAUSE_MS;
  #timer: NodeJS.Timeout | undefined;

  constructor(beat: () => void) {
    this.#beat = beat;
  }

  happened(): void {
    const now = performance.now();
    const isFast = now - this.#happenedAt <= LONG_PAUSE_MS;
    this.#happenedAt = now;
    this.#pauseMs = FIRST_PAUSE_MS;
    if (isFast) this.#timer ??= setTimeout(() => this.#look(), FIRST_PAUSE_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    const restMs = this.#happenedAt + this.#pauseMs - performance.now();
    if (restMs > 0) {
      this.#timer = setTimeout(() => this.#look(), restMs);
      return;
    }
    this.#timer = undefined;
    this.#beat();
    if (this.#pauseMs > LONG_PAUSE_MS) return;
    this.#happenedAt += this.#pauseMs;
    this.#pauseMs *= GROWTH;
    this.#timer = setTimeout(() => this.#look(), this.#pauseMs);
  }
}
