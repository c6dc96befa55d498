import { setTimeout as sleep } from "node:timers/promises";
import { encodePoints, type ItemId, type Point } from "@crosspod/protocol";
import { BoardPerson } from "./board-person.ts";
import { point } from "./strokes.ts";

/** Between one point and the next. */
const PAUSE_MS = 50;

const POINTS = 20;

const STYLE = { color: "000000", width: 32, pressure: false } as const;

/** Somebody who draws one stroke after the other on the default board, point by point. Disposing of it leaves at once. */
export class SteadyPen implements Disposable {
  /** The points of what was drawn, as text, by their items. */
  readonly strokes = new Map<ItemId, string>();
  /** Who draws. */
  readonly person: BoardPerson;
  readonly #running: Promise<void>;
  #stopped = false;

  /** Starts at once. */
  constructor(url: string) {
    this.person = new BoardPerson(url);
    this.#running = this.#run();
  }

  /** Ends the stroke. Resolves when everything is saved; the person stays and looks. */
  async rest(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    await this.person.untilSaveState("saved");
  }

  /** Ends the stroke. Resolves when everything is saved and the person has left. */
  async stop(): Promise<void> {
    await this.rest();
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#stopped = true;
    this.person[Symbol.dispose]();
  }

  async #run(): Promise<void> {
    for (let row = 0; !this.#stopped; row += 1) await this.#drawStroke(row % 9_000);
  }

  async #drawStroke(row: number): Promise<void> {
    const points: Point[] = [point(0, row)];
    const stroke = this.person.client.beginStroke(STYLE, point(0, row));
    while (points.length < POINTS && !this.#stopped) {
      await sleep(PAUSE_MS);
      const next = point(100 * points.length, row + (points.length % 2));
      stroke.extend([next]);
      points.push(next);
    }
    stroke.end();
    this.strokes.set(stroke.id, encodePoints(points, STYLE));
  }
}
