import { elementById } from "@crosspod/page";

/** Gives the keys back to the board after a click on a tool: otherwise the space bar, which moves the board, would press the button again. Who came by the keyboard stays there. */
export function returnFocus(stage: HTMLElement): void {
  elementById("tools", HTMLElement).addEventListener("click", ({ target, detail: clicks }) => {
    if (clicks > 0 && target instanceof Element && target.closest("button")) stage.focus({ preventScroll: true });
  });
}
