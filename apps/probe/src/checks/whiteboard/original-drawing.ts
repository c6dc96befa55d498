import { randomBytes } from "node:crypto";
import { DEFAULT_BOARD, type Drawing } from "@crosspod/protocol";
import { BoardVisitor } from "../../clients/board-visitor.ts";
import { Crowd } from "../../clients/crowd.ts";
import { EventClient } from "../../clients/event-client.ts";
import type { Target } from "../../clients/target.ts";
import { pluralize } from "../../format/pluralize.ts";
import { MISSED_AFTER_MS, thoseWithout } from "../../timing/wait.ts";
import { type Check, fail, pass } from "../check.ts";
import { CLEAN_UP_MS } from "../clear-board.ts";

const CLIENTS = 4;

/** A segment in a colour that no page uses. */
export const uniqueDrawing = (): Drawing => ({
  x0: 0.25,
  y0: 0.25,
  x1: 0.3125,
  y1: 0.3125,
  color: `#${randomBytes(3).toString("hex")}`,
});

/** What one client of the original example draws, the others get; and it is taken away again [W12]. */
export const originalDrawing: Check = {
  name: "drawing",
  needs: ["upgrade"],
  async run(context) {
    const { target, signal } = context;
    using clients = await Crowd.open(CLIENTS, () => EventClient.openOriginal(target, signal));
    const [author, ...others] = clients.all;
    const drawing = uniqueDrawing();
    // The original example's server keeps nothing.
    let isRemoved = context.findings.isOriginal;
    context.atEnd(async () => {
      if (!isRemoved) await removeStrokes(target, drawing.color, AbortSignal.timeout(CLEAN_UP_MS)).catch(() => {});
    });
    author?.draw(drawing);
    const has = ({ drawings }: EventClient): boolean => drawings.some(({ color }) => color === drawing.color);
    const without = await thoseWithout(others, has, signal);
    const removed = isRemoved ? 0 : await removeStrokes(target, drawing.color, signal);
    isRemoved = true;
    const reached = others.length - without.length;
    const detail = `${reached} of ${others.length} clients of the original example got what another one drew`;
    if (without.length === 0) return pass(removed > 0 ? `${detail}; ${pluralize(removed, "stroke")} removed` : detail);
    return fail(
      detail,
      "the pods do not tell each other what is drawn",
      "give all pods the same Redis; the original example needs its Redis adapter on each pod",
    );
  },
};

/** Takes the strokes of a colour from the default board again, and nothing else; resolves with how many it was. */
async function removeStrokes(target: Target, color: string, signal: AbortSignal): Promise<number> {
  using visitor = await BoardVisitor.open(target, DEFAULT_BOARD, signal);
  const own = () => [...visitor.client.view.items()].filter((item) => `#${item.color}` === color).map(({ id }) => id);
  await visitor.changes.within(MISSED_AFTER_MS, () => own().length > 0, signal);
  const ids = own();
  visitor.erase(ids);
  await visitor.untilSaved(signal);
  return ids.length;
}
