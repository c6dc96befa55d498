import type { BoardClient, PenStroke } from "@crosspod/client";
import { BOARD_HEIGHT, BOARD_WIDTH, MAX_PRESSURE, type Point } from "@crosspod/protocol";
import type { BoardRenderer } from "../render/board-renderer.ts";
import { distance } from "../render/vector.ts";
import type { Viewport } from "../render/viewport.ts";
import type { DrawingSettings } from "./drawing-settings.ts";
import type { Gesture, Sample, Tool } from "./tool.ts";

/** What is nearer to the last point than this many CSS pixels adds nothing that could be seen. */
const POINT_DISTANCE = 1;

/** Draws strokes. */
export class PenTool implements Tool {
  readonly #client: BoardClient;
  readonly #settings: DrawingSettings;
  readonly #viewport: Viewport;
  readonly #renderer: BoardRenderer;

  constructor(client: BoardClient, settings: DrawingSettings, viewport: Viewport, renderer: BoardRenderer) {
    this.#client = client;
    this.#settings = settings;
    this.#viewport = viewport;
    this.#renderer = renderer;
  }

  begin(sample: Sample): Gesture {
    const { color, width } = this.#settings;
    const pressure = sample.pressure !== undefined;
    const first = boardPoint(sample, this.#viewport);
    const stroke = this.#client.beginStroke({ color, width, pressure }, first);
    this.#renderer.hold(stroke.id);
    return new PenGesture(stroke, first, this.#viewport, this.#renderer);
  }
}

class PenGesture implements Gesture {
  readonly #stroke: PenStroke;
  readonly #viewport: Viewport;
  readonly #renderer: BoardRenderer;
  #last: Point;
  /** Too near to the last point to be worth one, but where the pen is. */
  #near: Point | undefined;

  constructor(stroke: PenStroke, first: Point, viewport: Viewport, renderer: BoardRenderer) {
    this.#stroke = stroke;
    this.#last = first;
    this.#viewport = viewport;
    this.#renderer = renderer;
  }

  move(samples: readonly Sample[]): void {
    const points: Point[] = [];
    for (const sample of samples) {
      const point = boardPoint(sample, this.#viewport);
      this.#near = distance(point, this.#last) < POINT_DISTANCE / this.#viewport.view.scale ? point : undefined;
      if (this.#near) continue;
      points.push(point);
      this.#last = point;
    }
    if (points.length > 0) this.#extend(points);
  }

  end(): void {
    if (this.#near && distance(this.#near, this.#last) > 0) this.#extend([this.#near]);
    this.#stroke.end();
    this.#renderer.release();
  }

  /** The stroke may have gone on in a new item: that is the one at the pen. */
  #extend(points: readonly Point[]): void {
    this.#stroke.extend(points);
    this.#renderer.hold(this.#stroke.item);
  }
}

function boardPoint(sample: Sample, { view }: Viewport): Point {
  const place = view.toBoard(sample);
  const point = { x: onGrid(place.x, BOARD_WIDTH), y: onGrid(place.y, BOARD_HEIGHT) };
  if (sample.pressure === undefined) return point;
  return { ...point, pressure: onGrid(sample.pressure * MAX_PRESSURE, MAX_PRESSURE) };
}

const onGrid = (value: number, max: number): number => Math.min(max, Math.max(0, Math.round(value)));
