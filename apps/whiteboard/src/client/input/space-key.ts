import { elementById } from "@crosspod/page";
import type { PointerInput } from "./pointer-input.ts";

/** While the space bar is held the pointer moves the board, unless a control or a field has the focus. */
export function bindSpaceKey(stage: HTMLElement, pointer: PointerInput): void {
  const release = (): void => {
    pointer.movesBoard = false;
  };
  document.addEventListener("keydown", (event) => {
    if (event.code !== "Space" || isUsed(event.target)) return;
    event.preventDefault();
    pointer.movesBoard = true;
  });
  document.addEventListener("keyup", (event) => {
    if (event.code === "Space") release();
  });
  window.addEventListener("blur", release);
  // After a click on a tool the space bar would press that button again.
  elementById("tools", HTMLElement).addEventListener("click", ({ target, detail: clicks }) => {
    if (clicks > 0 && target instanceof Element && target.closest("button")) stage.focus({ preventScroll: true });
  });
}

const isUsed = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest("button, input, a, dialog") !== null;
