import type { PointerInput } from "./pointer-input.ts";

/** While the space bar is held the pointer moves the board, unless a control or a field has the focus. */
export function bindSpaceKey(pointer: PointerInput): void {
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
}

const isUsed = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest("button, input, a, dialog") !== null;
