import { BoardVisitor } from "../../clients/board-visitor.ts";
import { EventClient } from "../../clients/event-client.ts";
import { type Check, type CheckContext, fail, type Outcome, pass } from "../check.ts";
import { lacksBoards } from "./lacks-boards.ts";
import { uniqueDrawing } from "./original-drawing.ts";

const STROKES = 5;

/** How long the original example's server has to send what it keeps. */
const REPLAY_WAIT_MS = 1_000;

/** A page that is opened late shows the same board [W10]. */
export const latePage: Check = {
  name: "late joiner",
  needs: ["upgrade"],
  async run(context) {
    if (context.findings.isOriginal) return await lateOriginal(context);
    const { target, board, signal } = context;
    using early = await BoardVisitor.open(target, board, signal);
    for (let count = 0; count < STROKES; count += 1) early.draw();
    await early.untilSaved(signal);
    using late = await BoardVisitor.open(target, board, signal);
    const isSame = await late.changes.within(REPLAY_WAIT_MS, () => late.board === early.board, signal);
    const items = late.client.view.size;
    if (isSame && items >= STROKES) return pass(`${items} strokes on ${late.pod}, the same as on ${early.pod}`);
    return fail(
      `${items} strokes on ${late.pod}, ${early.client.view.size} on ${early.pod}`,
      "the pods do not keep the same boards",
      "give all pods the same REDIS_URL and BOARDS_NAME; is Redis a replica that lags behind?",
    );
  },
};

async function lateOriginal({ target, signal }: CheckContext): Promise<Outcome> {
  using early = await EventClient.openOriginal(target, signal);
  early.draw(uniqueDrawing());
  using late = await EventClient.openOriginal(target, signal);
  const isThere = await late.changes.within(REPLAY_WAIT_MS, () => late.drawings.length > 0, signal);
  return isThere ? pass("a late joiner is sent strokes") : lacksBoards("a late joiner gets 0 strokes");
}
