import type { BoardClient } from "@crosspod/client";
import { elementById } from "@crosspod/page";
import type { Notices } from "./notices.ts";

/** Undo and redo of what this person did, and clear; which can be undone too, so nothing is asked. */
export class EditButtons {
  readonly #client: BoardClient;
  readonly #notices: Notices;
  readonly #undo = elementById("undo", HTMLButtonElement);
  readonly #redo = elementById("redo", HTMLButtonElement);
  readonly #clear = elementById("clear", HTMLButtonElement);

  constructor(client: BoardClient, notices: Notices) {
    this.#client = client;
    this.#notices = notices;
    this.#undo.addEventListener("click", () => this.undo());
    this.#redo.addEventListener("click", () => this.redo());
    this.#clear.addEventListener("click", () => this.clear());
    client.history.onChange(() => this.#show());
    client.view.onChange(({ type }) => {
      if (type !== "grown") this.#show();
    });
    this.#show();
  }

  undo(): void {
    if (this.#client.history.canUndo) this.#client.history.undo();
  }

  redo(): void {
    if (this.#client.history.canRedo) this.#client.history.redo();
  }

  clear(): void {
    if (this.#client.view.size === 0) return;
    this.#client.clear();
    const dismiss = this.#notices.show({
      text: "The board is cleared, for everyone.",
      action: { label: "Undo", run: () => this.undo() },
    });
    // Whatever this person does next is what undo would take back from then on.
    const stop = this.#client.history.onChange(() => {
      stop();
      dismiss();
    });
  }

  /** A button that cannot be used stays where the keyboard finds it. */
  #show(): void {
    this.#undo.ariaDisabled = `${!this.#client.history.canUndo}`;
    this.#redo.ariaDisabled = `${!this.#client.history.canRedo}`;
    this.#clear.ariaDisabled = `${this.#client.view.size === 0}`;
  }
}
