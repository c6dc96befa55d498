import type { BoardClient, Eraser } from "@crosspod/client";
import type { ShapeList } from "../render/shape-list.ts";
import type { Vector } from "../render/vector.ts";
import type { Viewport } from "../render/viewport.ts";
import type { Gesture, Sample, Tool } from "./tool.ts";

/** Of the eraser, in CSS pixels: as large as its pointer is drawn. */
const RADIUS = 8;

/** Takes away whole strokes that it touches; what one gesture took away is undone at once. */
export class EraserTool implements Tool {
  readonly #client: BoardClient;
  readonly #shapes: ShapeList;
  readonly #viewport: Viewport;

  constructor(client: BoardClient, shapes: ShapeList, viewport: Viewport) {
    this.#client = client;
    this.#shapes = shapes;
    this.#viewport = viewport;
  }

  begin(sample: Sample): Gesture {
    const gesture = new EraserGesture(this.#client.beginErase(), this.#shapes, this.#viewport, sample);
    gesture.move([sample]);
    return gesture;
  }
}

class EraserGesture implements Gesture {
  readonly #eraser: Eraser;
  readonly #shapes: ShapeList;
  readonly #viewport: Viewport;
  #last: Vector;

  constructor(eraser: Eraser, shapes: ShapeList, viewport: Viewport, first: Vector) {
    this.#eraser = eraser;
    this.#shapes = shapes;
    this.#viewport = viewport;
    this.#last = viewport.view.toBoard(first);
  }

  move(samples: readonly Sample[]): void {
    const { view } = this.#viewport;
    const reach = RADIUS / view.scale;
    for (const sample of samples) {
      const place = view.toBoard(sample);
      const touched = this.#shapes.touched(this.#last, place, reach);
      if (touched.length > 0) this.#eraser.erase(touched.map(({ item }) => item.id));
      this.#last = place;
    }
  }

  end(): void {
    this.#eraser.end();
  }
}
