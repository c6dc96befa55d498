import { BOARD } from "./view-transform.ts";
import type { Viewport } from "./viewport.ts";

/** The sheet under the strokes: always light, since all people on a board must see the same. */
export function bindPaper(paper: HTMLElement, viewport: Viewport): void {
  const show = (): void => {
    const { left, top, right, bottom } = viewport.view.areaOf(BOARD);
    paper.style.width = `${right - left}px`;
    paper.style.height = `${bottom - top}px`;
    paper.style.transform = `translate(${left}px, ${top}px)`;
  };
  viewport.onChange(show);
  show();
}
