import type { BoardClient } from "@crosspod/client";
import type { Vector } from "../render/vector.ts";
import type { Viewport } from "../render/viewport.ts";

/** Tells the others where this person's pointer is on the board, and when it has left. */
export class OwnCursor {
  readonly #client: BoardClient;
  readonly #viewport: Viewport;

  constructor(stage: HTMLElement, client: BoardClient, viewport: Viewport) {
    this.#client = client;
    this.#viewport = viewport;
    stage.addEventListener("pointermove", (event) => {
      // What a pressed pointer does shows by itself; its way beside it would double what everybody is sent.
      if (event.buttons !== 0) return;
      const { left, top } = stage.getBoundingClientRect();
      this.moveTo({ x: event.clientX - left, y: event.clientY - top });
    });
    for (const type of ["pointerleave", "pointercancel", "blur"]) {
      stage.addEventListener(type, () => client.presence.moveCursor(undefined));
    }
  }

  /** To a pixel of the stage. */
  moveTo(place: Vector): void {
    const { x, y } = this.#viewport.view.toBoard(place);
    this.#client.presence.moveCursor({ x: Math.round(x), y: Math.round(y) });
  }
}
