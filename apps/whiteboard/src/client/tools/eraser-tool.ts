import type { BoardClient } from "@crosspod/client";
import type { ShapeList } from "../render/shape-list.ts";
import type { Viewport } from "../render/viewport.ts";
import type { Sample, Tool } from "./tool.ts";

/** Of the eraser, in CSS pixels: as large as its pointer is drawn. */
const RADIUS = 8;

/** Takes away whole strokes that it touches; what one gesture took away is undone at once. */
export const eraserTool = (client: BoardClient, shapes: ShapeList, viewport: Viewport): Tool => ({
  begin(first) {
    const eraser = client.beginErase();
    let last = viewport.view.toBoard(first);
    const move = (samples: readonly Sample[]): void => {
      const { view } = viewport;
      for (const sample of samples) {
        const place = view.toBoard(sample);
        const touched = shapes.touched(last, place, RADIUS / view.scale);
        if (touched.length > 0) eraser.erase(touched.map(({ item }) => item.id));
        last = place;
      }
    };
    move([first]);
    return { move, end: () => eraser.end() };
  },
});
