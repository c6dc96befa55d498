import type { BoardClient } from "@crosspod/client";
import { elementById } from "@crosspod/page";
import type { Notices } from "./notices.ts";

/** Undo and redo of what this person did, and clear; which can be undone too, so nothing is asked. */
export function bindEditButtons(client: BoardClient, notices: Notices): void {
  const undo = elementById("undo", HTMLButtonElement);
  const redo = elementById("redo", HTMLButtonElement);
  const clear = elementById("clear", HTMLButtonElement);
  /** A button that cannot be used stays where the keyboard finds it. */
  const show = (): void => {
    undo.ariaDisabled = `${!client.canUndo}`;
    redo.ariaDisabled = `${!client.canRedo}`;
    clear.ariaDisabled = `${client.view.size === 0}`;
  };
  undo.addEventListener("click", () => client.undo());
  redo.addEventListener("click", () => client.redo());
  clear.addEventListener("click", () => clearBoard(client, notices));
  client.onHistory(show);
  client.view.onChange(({ type }) => {
    if (type !== "grown") show();
  });
  show();
}

function clearBoard(client: BoardClient, notices: Notices): void {
  if (client.view.size === 0) return;
  client.clear();
  const dismiss = notices.show({
    text: "The board is cleared, for everyone.",
    action: { label: "Undo", run: () => client.undo() },
  });
  // Whatever this person does next is what undo would take back from then on.
  const stop = client.onHistory(() => {
    stop();
    dismiss();
  });
}
