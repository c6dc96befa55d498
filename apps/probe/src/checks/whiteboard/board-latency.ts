import { BoardVisitor } from "../../clients/board-visitor.ts";
import { describeTimes } from "../../format/quantile.ts";
import { type Check, pass } from "../check.ts";

const STROKES = 40;
/** On a slow network fewer strokes must do. */
const ENOUGH_MS = 4_000;

/** From one person's pen to another one's page, and to the acknowledgement: how long that takes. */
export const boardLatency: Check = {
  name: "latency",
  needs: ["pods"],
  async run({ target, board, signal }) {
    using author = await BoardVisitor.open(target, board, signal);
    using viewer = await BoardVisitor.open(target, board, signal);
    const seen: number[] = [];
    const saved: number[] = [];
    const start = performance.now();
    while (seen.length < STROKES && performance.now() - start < ENOUGH_MS) {
      const drawnAt = performance.now();
      const id = author.draw();
      await Promise.all([
        viewer.untilSeen(id, signal).then(() => seen.push(performance.now() - drawnAt)),
        author.untilSaved(signal).then(() => saved.push(performance.now() - drawnAt)),
      ]);
    }
    return pass(
      `draw to see ${describeTimes(seen)}; to the acknowledgement ${describeTimes(saved)} (${seen.length} strokes, ${author.pod} to ${viewer.pod})`,
    );
  },
};
