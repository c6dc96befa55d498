import type { Vector } from "../render/vector.ts";
import type { Viewport } from "../render/viewport.ts";
import type { Gesture, Sample, Tool } from "./tool.ts";

/** Moves what the window shows. */
export class HandTool implements Tool {
  readonly #viewport: Viewport;

  constructor(viewport: Viewport) {
    this.#viewport = viewport;
  }

  begin(sample: Sample): Gesture {
    let last: Vector = sample;
    return {
      move: (samples) => {
        const now = samples.at(-1) ?? last;
        this.#viewport.moveBy({ x: now.x - last.x, y: now.y - last.y });
        last = now;
      },
      end: () => {},
    };
  }
}
