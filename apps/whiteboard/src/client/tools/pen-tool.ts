import type { BoardClient } from "@crosspod/client";
import { MAX_PRESSURE, onGrid, type Point } from "@crosspod/protocol";
import type { BoardRenderer } from "../render/board-renderer.ts";
import { distance } from "../render/vector.ts";
import type { ViewTransform } from "../render/view-transform.ts";
import type { Viewport } from "../render/viewport.ts";
import type { DrawingSettings } from "./drawing-settings.ts";
import type { Sample, Tool } from "./tool.ts";

/** What is nearer to the last point than this many CSS pixels adds nothing that could be seen. */
const POINT_DISTANCE = 1;

/** Draws strokes. */
export const penTool = (
  client: BoardClient,
  settings: DrawingSettings,
  viewport: Viewport,
  renderer: BoardRenderer,
): Tool => ({
  begin(sample) {
    const { color, width } = settings.current;
    let last = boardPoint(sample, viewport.view);
    // Too near to the last point to be worth one, but where the pen is.
    let near: Point | undefined;
    const stroke = client.beginStroke({ color, width, pressure: sample.pressure !== undefined }, last);
    renderer.hold(stroke.id);
    const extend = (points: readonly Point[]): void => {
      stroke.extend(points);
      // It may have gone on in a new item: that is the one at the pen.
      renderer.hold(stroke.item);
    };
    return {
      move(samples) {
        const { view } = viewport;
        const points: Point[] = [];
        for (const each of samples) {
          const point = boardPoint(each, view);
          near = distance(point, last) < POINT_DISTANCE / view.scale ? point : undefined;
          if (near) continue;
          points.push(point);
          last = point;
        }
        if (points.length > 0) extend(points);
      },
      end() {
        if (near && distance(near, last) > 0) extend([near]);
        stroke.end();
        renderer.hold(undefined);
      },
    };
  },
});

function boardPoint(sample: Sample, view: ViewTransform): Point {
  const place = view.toBoard(sample);
  return onGrid(sample.pressure === undefined ? place : { ...place, pressure: sample.pressure * MAX_PRESSURE });
}
