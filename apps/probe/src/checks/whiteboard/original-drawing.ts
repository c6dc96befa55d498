import { randomBytes } from "node:crypto";
import { DEFAULT_BOARD, type Drawing } from "@crosspod/protocol";
import { BoardVisitor } from "../../board-visitor.ts";
import { type Check, type CheckContext, fail, pass } from "../../check.ts";
import { CLEAN_UP_MS } from "../../clear-board.ts";
import { counted } from "../../counted.ts";
import { Crowd } from "../../crowd.ts";
import { EventClient } from "../../event-client.ts";
import type { Target } from "../../target.ts";
import { MISSED_AFTER_MS, thoseWithout } from "../../wait.ts";

const CLIENTS = 4;

/** A segment in a colour that nobody else has. */
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
    const removal = new Removal(context, drawing);
    author?.draw(drawing);
    const has = ({ drawings }: EventClient): boolean => drawings.some(({ color }) => color === drawing.color);
    const without = await thoseWithout(others, has, signal);
    const removed = context.findings.isOriginal ? 0 : await removal.run(signal);
    const reached = others.length - without.length;
    const detail = `${reached} of ${others.length} clients of the original example got what another one drew`;
    if (without.length === 0) return pass(removed > 0 ? `${detail}; ${counted(removed, "stroke")} removed` : detail);
    return fail(
      detail,
      "the pods do not tell each other what is drawn",
      "give all pods the same Redis; the original example needs its Redis adapter on each pod",
    );
  },
};

/** Takes a stroke from the default board again, and nothing else: at the end if not before. */
class Removal {
  readonly #target: Target;
  readonly #color: string;
  #isDone: boolean;

  constructor({ target, findings, atEnd }: CheckContext, { color }: Drawing) {
    this.#target = target;
    this.#color = color;
    // The original example's server keeps nothing.
    this.#isDone = findings.isOriginal;
    atEnd(async () => {
      if (!this.#isDone) await this.run(AbortSignal.timeout(CLEAN_UP_MS)).catch(() => {});
    });
  }

  /** Returns how many strokes it was. */
  async run(signal: AbortSignal): Promise<number> {
    using visitor = await BoardVisitor.open(this.#target, DEFAULT_BOARD, signal);
    const own = () =>
      [...visitor.client.view.items()].filter(({ color }) => `#${color}` === this.#color).map(({ id }) => id);
    await visitor.changes.within(MISSED_AFTER_MS, () => own().length > 0, signal);
    const ids = own();
    visitor.erase(ids);
    await visitor.untilSaved(signal);
    this.#isDone = true;
    return ids.length;
  }
}
