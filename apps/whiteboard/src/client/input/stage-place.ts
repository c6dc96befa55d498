import type { Vector } from "../render/vector.ts";

/** Where on the stage a pointer is. */
export function placeOn(stage: HTMLElement, { clientX, clientY }: MouseEvent): Vector {
  const { left, top } = stage.getBoundingClientRect();
  return { x: clientX - left, y: clientY - top };
}
