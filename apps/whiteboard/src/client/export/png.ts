import type { Shape } from "../render/shape.ts";
import { BOARD } from "../render/view-transform.ts";

/** Pixels of the picture per grid step: 3,200 × 1,800, as much as a good screen shows. */
const SCALE = 0.2;

/** The whole board as a picture on white paper. Rejects when the browser cannot make one. */
export async function pngOf(shapes: Iterable<Shape>): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = BOARD.right * SCALE;
  canvas.height = BOARD.bottom * SCALE;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser has no canvas to draw on");
  context.scale(SCALE, SCALE);
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, BOARD.right, BOARD.bottom);
  for (const shape of shapes) shape.paint(context);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (!blob) throw new Error("the picture is too large for this browser");
  return blob;
}
