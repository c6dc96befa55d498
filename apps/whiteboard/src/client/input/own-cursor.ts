import type { BoardClient } from "@crosspod/client";
import type { Vector } from "../render/vector.ts";
import type { Viewport } from "../render/viewport.ts";
import { placeOn } from "./stage-place.ts";

/** Tells the others where this person's pointer is. Returns what moves it, to a pixel of the stage. */
export function bindOwnCursor(stage: HTMLElement, client: BoardClient, viewport: Viewport): (place: Vector) => void {
  const moveTo = (place: Vector): void => {
    const { x, y } = viewport.view.toBoard(place);
    client.presence.moveCursor({ x: Math.round(x), y: Math.round(y) });
  };
  stage.addEventListener("pointermove", (event) => {
    // A pressed pointer shows by what it draws; its way beside that would double what everybody is sent.
    if (event.buttons === 0) moveTo(placeOn(stage, event));
  });
  for (const type of ["pointerleave", "pointercancel", "blur"]) {
    stage.addEventListener(type, () => client.presence.moveCursor(undefined));
  }
  return moveTo;
}
