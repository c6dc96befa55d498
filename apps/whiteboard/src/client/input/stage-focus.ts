import { elementById } from "@crosspod/page";

/** Gives the keys back to the board after a click on a tool: the space bar would press that button again. */
export function returnFocus(stage: HTMLElement): void {
  elementById("tools", HTMLElement).addEventListener("click", ({ target, detail: clicks }) => {
    if (clicks > 0 && target instanceof Element && target.closest("button")) stage.focus({ preventScroll: true });
  });
}
