import { BoardEvent, onGrid, type Point } from "@crosspod/protocol";
import type { BoardTransport } from "./board-transport.ts";
import type { Clock } from "./clock.ts";
import { Timer } from "./timer.ts";

/** Often enough for a pointer that others see gliding. */
const CURSOR_INTERVAL_MS = 50;

/** Tells others where this person's pointer is: the first move at once, then the newest of each interval [W11]. */
export class CursorSender {
  readonly #transport: BoardTransport;
  readonly #interval: Timer;
  #waiting: { readonly at: Point | undefined } | undefined;

  constructor(transport: BoardTransport, clock: Clock) {
    this.#transport = transport;
    this.#interval = new Timer(clock, () => this.#send());
  }

  /** The pointer is there; undefined when it has left the board. */
  move(at: Point | undefined): void {
    this.#waiting = { at };
    if (!this.#interval.isRunning) this.#send();
  }

  close(): void {
    this.#interval.stop();
  }

  #send(): void {
    if (!this.#waiting) return;
    const { at } = this.#waiting;
    this.#waiting = undefined;
    const place = at && onGrid(at);
    this.#transport.emitVolatile(BoardEvent.cursor, ...(place ? [place.x, place.y] : []));
    this.#interval.start(CURSOR_INTERVAL_MS);
  }
}
