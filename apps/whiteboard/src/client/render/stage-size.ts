import { elementById } from "@crosspod/page";
import type { Viewport } from "./viewport.ts";

/** Room between the board and what is around it, in CSS pixels. */
const MARGIN = 16;
const SMALL_MARGIN = 8;
const SMALL_WIDTH = 640;

/** Keeps the viewport's size of the stage, and of the part that the toolbar leaves free, up to date. */
export function bindStageSize(stage: HTMLElement, viewport: Viewport): void {
  const toolbar = elementById("tools", HTMLElement);
  const measure = (): void => {
    const { width, height, bottom } = stage.getBoundingClientRect();
    const margin = width < SMALL_WIDTH ? SMALL_MARGIN : MARGIN;
    const covered = toolbar.offsetHeight > 0 ? bottom - toolbar.getBoundingClientRect().top : 0;
    const free = { left: margin, top: margin, right: width - margin, bottom: height - covered - margin };
    viewport.resize({ width, height, free });
  };
  const observer = new ResizeObserver(measure);
  observer.observe(stage);
  observer.observe(toolbar);
  watchPixelRatio(measure);
  measure();
}

/** A window that goes to another screen, or a page that is zoomed, gets pixels of another size. */
function watchPixelRatio(changed: () => void): void {
  const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
  query.addEventListener(
    "change",
    () => {
      changed();
      watchPixelRatio(changed);
    },
    { once: true },
  );
}
