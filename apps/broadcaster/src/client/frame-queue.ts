/** How long painting may take in a frame of 16 ms; the rest belongs to layout, input and messages. */
const PAINT_BUDGET_MS = 8;

/**
 * Paints what was marked, each key once, in the next animation frame. What does not fit into its budget waits for one
 * more, so that a burst never freezes the page. In a hidden page everything waits.
 */
export class FrameQueue {
  readonly #paint: (key: string) => void;
  readonly #marked = new Set<string>();
  #frame: number | undefined;

  constructor(paint: (key: string) => void) {
    this.#paint = paint;
  }

  mark(key: string): void {
    this.#marked.add(key);
    this.#frame ??= requestAnimationFrame(() => this.#run());
  }

  /** Forgets what was marked. */
  clear(): void {
    this.#marked.clear();
  }

  #run(): void {
    this.#frame = undefined;
    const end = performance.now() + PAINT_BUDGET_MS;
    for (const key of this.#marked) {
      this.#marked.delete(key);
      this.#paint(key);
      if (performance.now() > end) break;
    }
    if (this.#marked.size > 0) this.#frame = requestAnimationFrame(() => this.#run());
  }
}
