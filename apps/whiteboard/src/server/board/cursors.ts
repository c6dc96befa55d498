import { type Cursor, encodeCursors, type Point } from "@crosspod/protocol";
import { Throttle } from "./throttle.ts";

/** Shortest time between two messages of cursors: 25 a second look smooth when the page glides between them. */
const CURSORS_INTERVAL_MS = 40;

/** The pointers that this pod has on one board: their newest places, those of an interval in one message [W11]. */
export class Cursors {
  readonly #moved = new Map<string, Cursor>();
  readonly #throttle: Throttle;

  /** @param send takes what `encodeCursors` wrote. */
  constructor(send: (text: string) => void) {
    this.#throttle = new Throttle(CURSORS_INTERVAL_MS, () => {
      const text = encodeCursors([...this.#moved.values()]);
      this.#moved.clear();
      send(text);
    });
  }

  /** @param point undefined when the pointer has left the board. */
  move(id: string, point: Point | undefined): void {
    this.#moved.set(id, point ? { id, x: point.x, y: point.y } : { id });
    this.#throttle.request();
  }

  close(): void {
    this.#throttle.close();
  }
}
