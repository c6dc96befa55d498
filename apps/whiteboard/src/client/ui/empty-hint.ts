import type { BoardClient } from "@crosspod/client";
import { elementById } from "@crosspod/page";

/** Says what to do on a board on which there is nothing; and that it is not known yet what there is. */
export function bindEmptyBoard(client: BoardClient): void {
  const hint = elementById("hint", HTMLElement);
  const loading = elementById("loading", HTMLElement);
  let isKnown = false;
  const show = (): void => {
    isKnown ||= client.state === "live";
    loading.hidden = isKnown || client.view.size > 0;
    hint.hidden = !isKnown || client.view.size > 0;
  };
  client.onState(show);
  client.view.onChange(({ type }) => {
    if (type !== "grown") show();
  });
  show();
}
