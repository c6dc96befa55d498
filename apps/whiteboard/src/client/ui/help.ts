import { createElement, elementById } from "@crosspod/page";
import type { Shortcut } from "../input/shortcuts.ts";

/** The dialog that shows what keys and hands do. */
export class Help {
  readonly #dialog = elementById("help", HTMLDialogElement);

  constructor(rows: Iterable<Pick<Shortcut, "keys" | "does">>) {
    elementById("help-list", HTMLElement).replaceChildren(...[...rows].map(createRow));
    elementById("help-button", HTMLButtonElement).addEventListener("click", () => this.show());
    // The backdrop belongs to the dialog: what is inside of it is its content.
    this.#dialog.addEventListener("click", ({ target }) => {
      if (target === this.#dialog) this.#dialog.close();
    });
  }

  show(): void {
    if (!this.#dialog.open) this.#dialog.showModal();
  }
}

function createRow({ keys, does }: Pick<Shortcut, "keys" | "does">): HTMLElement {
  const row = createElement("div", "");
  const description = createElement("dd", "");
  for (const combination of keys) description.append(createElement("kbd", "", combination));
  row.append(createElement("dt", "", does), description);
  return row;
}
