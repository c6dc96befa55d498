import { createElement, elementById } from "@crosspod/page";
import type { Shortcut } from "../input/shortcuts.ts";

const dialog = (): HTMLDialogElement => elementById("help", HTMLDialogElement);

/** Shows the dialog that says what keys and hands do. */
export function showHelp(): void {
  if (!dialog().open) dialog().showModal();
}

/** Fills the dialog, and has its button open it. */
export function bindHelp(rows: readonly Pick<Shortcut, "keys" | "does">[]): void {
  elementById("help-list", HTMLElement).replaceChildren(...rows.map(createRow));
  elementById("help-button", HTMLButtonElement).addEventListener("click", showHelp);
  // The backdrop belongs to the dialog: what is inside of it is its content.
  dialog().addEventListener("click", ({ target }) => {
    if (target === dialog()) dialog().close();
  });
}

const createRow = ({ keys, does }: Pick<Shortcut, "keys" | "does">): HTMLElement =>
  createElement(
    "div",
    "",
    createElement("dt", "", does),
    createElement("dd", "", ...keys.map((combination) => createElement("kbd", "", combination))),
  );
