import type { Vector } from "../render/vector.ts";
import type { Viewport } from "../render/viewport.ts";
import type { Tool } from "./tool.ts";

/** Moves what the window shows. */
export const handTool = (viewport: Viewport): Tool => ({
  begin(sample) {
    let last: Vector = sample;
    return {
      move(samples) {
        const now = samples.at(-1) ?? last;
        viewport.moveBy({ x: now.x - last.x, y: now.y - last.y });
        last = now;
      },
      end() {},
    };
  },
});
