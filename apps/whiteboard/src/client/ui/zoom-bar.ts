import { elementById } from "@crosspod/page";
import type { Viewport } from "../render/viewport.ts";

/** The buttons that zoom, and how large the board is shown. */
export class ZoomBar {
  readonly #viewport: Viewport;
  readonly #percent = elementById("zoom-percent", HTMLElement);

  constructor(viewport: Viewport) {
    this.#viewport = viewport;
    elementById("zoom-out", HTMLButtonElement).addEventListener("click", () => viewport.zoomOut());
    elementById("zoom-in", HTMLButtonElement).addEventListener("click", () => viewport.zoomIn());
    elementById("zoom-full", HTMLButtonElement).addEventListener("click", () => viewport.showFullSize());
    elementById("zoom-fit", HTMLButtonElement).addEventListener("click", () => viewport.fit());
    viewport.onChange(() => this.#show());
    this.#show();
  }

  #show(): void {
    this.#percent.textContent = `${this.#viewport.percent}%`;
  }
}
