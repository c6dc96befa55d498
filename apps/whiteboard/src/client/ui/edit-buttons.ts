import type { BoardClient } from "@crosspod/client";
import { elementById } from "@crosspod/page";
import type { Notices } from "./notices.ts";

/** Undo, redo and clear. Clear can be undone, too, so there is no confirmation. */
export function bindEditButtons(client: BoardClient, notices: Notices): void {
  const undo = elementById("undo", HTMLButtonElement);
  const redo = elementById("redo", HTMLButtonElement);
  const clear = elementById("clear", HTMLButtonElement);
  /** A button that cannot be used stays where the keyboard finds it. */
  const show = (): void => {
    undo.ariaDisabled = `${!client.history.canUndo}`;
    redo.ariaDisabled = `${!client.history.canRedo}`;
    clear.ariaDisabled = `${client.view.size === 0}`;
  };
  undo.addEventListener("click", () => client.history.undo());
  redo.addEventListener("click", () => client.history.redo());
  clear.addEventListener("click", () => clearBoard(client, notices));
  client.history.onChange(show);
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
    action: { label: "Undo", run: () => client.history.undo() },
  });
  // Whatever this person does next is what undo would take back from then on.
  const stop = client.history.onChange(() => {
    stop();
    dismiss();
  });
}
