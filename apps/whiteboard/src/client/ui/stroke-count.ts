import type { BoardClient } from "@crosspod/client";
import { elementById, inNextFrame } from "@crosspod/page";

/** Says how much is on the board: to screen readers a number, to all what to do when it is nothing or not known yet. */
export function bindStrokeCount(stage: HTMLElement, board: string, client: BoardClient): void {
  const hint = elementById("hint", HTMLElement);
  const loading = elementById("loading", HTMLElement);
  let isKnown = false;
  const show = inNextFrame(() => {
    const { size } = client.view;
    loading.hidden = isKnown || size > 0;
    hint.hidden = !isKnown || size > 0;
    stage.ariaLabel = `Board ${board}, ${size === 1 ? "1 stroke" : `${size} strokes`}`;
  });
  client.onState((state) => {
    isKnown ||= state === "live";
    show();
  });
  client.view.onChange(({ type }) => {
    if (type !== "grown") show();
  });
  show();
}
