import type { Vector } from "../render/vector.ts";
import type { Viewport } from "../render/viewport.ts";
import { placeOn } from "./stage-place.ts";

/** CSS pixels of one line of a wheel that counts in lines. */
const LINE_HEIGHT = 16;
/** A turn of so many pixels makes the board e times as large. */
const ZOOM_TURN = 400;
/** One notch of a mouse wheel turns further than a trackpad's pinch in a frame: no more than this much of it counts. */
const LONGEST_TURN = 90;

/** The wheel moves what is shown. With ctrl, which is how a trackpad says pinch, it zooms at the pointer. */
export function bindWheel(stage: HTMLElement, viewport: Viewport): void {
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_HEIGHT : 1;
    const turn = { x: event.deltaX * unit, y: event.deltaY * unit };
    if (!event.ctrlKey && !event.metaKey) return viewport.moveBy(moveOf(turn, event.shiftKey));
    const bounded = Math.min(LONGEST_TURN, Math.max(-LONGEST_TURN, turn.y));
    viewport.zoomBy(Math.exp(-bounded / ZOOM_TURN), placeOn(stage, event));
  });
}

/** With shift a wheel that only turns one way moves to the side. */
const moveOf = ({ x, y }: Vector, shift: boolean): Vector => (shift && x === 0 ? { x: -y, y: 0 } : { x: -x, y: -y });
