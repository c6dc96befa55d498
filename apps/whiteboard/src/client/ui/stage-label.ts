import type { BoardClient } from "@crosspod/client";
import { Frame } from "@crosspod/page";

/** Says to screen readers how much is on the board. */
export function bindStageLabel(stage: HTMLElement, board: string, client: BoardClient): void {
  const frame = new Frame(() => {
    const { size } = client.view;
    stage.ariaLabel = `Board ${board}, ${size === 1 ? "1 stroke" : `${size} strokes`}`;
  });
  client.view.onChange(({ type }) => {
    if (type !== "grown") frame.request();
  });
  frame.request();
}
