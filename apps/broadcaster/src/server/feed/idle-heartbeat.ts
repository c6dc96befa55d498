/** After so long without anything the first beat comes; a client misses what came fast a little later [B8]. */
const FIRST_PAUSE_MS = 150;
/** Each pause is longer by this, and by less than makes a client miss the next beat … */
const GROWTH = 1.6;
/** … until no client expects a message so soon. */
const LONG_PAUSE_MS = 500;

/** Beats at growing pauses once steady activity stops, or all clients would ask at once whether their pod is there. */
export class IdleHeartbeat {
  readonly #beat: () => void;
  #activeAt = Number.NEGATIVE_INFINITY;
  #pauseMs = FIRST_PAUSE_MS;
  #timer: NodeJS.Timeout | undefined;

  constructor(beat: () => void) {
    this.#beat = beat;
  }

  noteActivity(): void {
    const now = performance.now();
    const isFast = now - this.#activeAt <= LONG_PAUSE_MS;
    this.#activeAt = now;
    this.#pauseMs = FIRST_PAUSE_MS;
    if (isFast) this.#timer ??= setTimeout(() => this.#look(), FIRST_PAUSE_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #look(): void {
    const restMs = this.#activeAt + this.#pauseMs - performance.now();
    if (restMs > 0) {
      this.#timer = setTimeout(() => this.#look(), restMs);
      return;
    }
    this.#timer = undefined;
    this.#beat();
    if (this.#pauseMs > LONG_PAUSE_MS) return;
    this.#activeAt += this.#pauseMs;
    this.#pauseMs *= GROWTH;
    this.#timer = setTimeout(() => this.#look(), this.#pauseMs);
  }
}
