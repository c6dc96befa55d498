import { setTimeout as sleep } from "node:timers/promises";
import { encodePoints, type ItemId, type Point, type StrokeStyle } from "@crosspod/protocol";
import { point } from "./strokes.ts";

/** Between one point and the next. */
const PAUSE_MS = 50;

const POINTS = 20;

const STYLE = { color: "000000", width: 32, pressure: false } as const;

/** A client to draw with, of whichever release. */
export interface StrokeSource {
  beginStroke(
    style: StrokeStyle,
    first: Point,
  ): {
    readonly id: ItemId;
    extend(points: readonly Point[]): void;
    end(): void;
  };
}

/** One stroke after the other, point by point, until it is stopped. */
export class StrokeSeries {
  /** The points of what was drawn, as text, by their items. */
  readonly strokes = new Map<ItemId, string>();
  readonly #client: StrokeSource;
  readonly #running: Promise<void>;
  #isStopped = false;

  /** Starts at once. */
  constructor(client: StrokeSource) {
    this.#client = client;
    this.#running = this.#run();
  }

  /** Resolves when the stroke has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let row = 0; !this.#isStopped; row += 1) await this.#drawStroke(row % 9_000);
  }

  async #drawStroke(row: number): Promise<void> {
    const points: Point[] = [point(0, row)];
    const stroke = this.#client.beginStroke(STYLE, point(0, row));
    while (points.length < POINTS && !this.#isStopped) {
      await sleep(PAUSE_MS);
      const next = point(100 * points.length, row + (points.length % 2));
      stroke.extend([next]);
      points.push(next);
    }
    stroke.end();
    this.strokes.set(stroke.id, encodePoints(points, STYLE));
  }
}
