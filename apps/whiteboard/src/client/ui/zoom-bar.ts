import { elementById } from "@crosspod/page";
import type { Viewport } from "../render/viewport.ts";

/** The buttons that zoom, and how large the board is shown. */
export function bindZoomBar(viewport: Viewport): void {
  const percent = elementById("zoom-percent", HTMLElement);
  const show = (): void => {
    percent.textContent = `${viewport.percent}%`;
  };
  elementById("zoom-out", HTMLButtonElement).addEventListener("click", () => viewport.zoomOut());
  elementById("zoom-in", HTMLButtonElement).addEventListener("click", () => viewport.zoomIn());
  elementById("zoom-full", HTMLButtonElement).addEventListener("click", () => viewport.showFullSize());
  elementById("zoom-fit", HTMLButtonElement).addEventListener("click", () => viewport.fit());
  viewport.onChange(show);
  show();
}
