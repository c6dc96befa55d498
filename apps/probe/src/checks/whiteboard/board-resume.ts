import { BoardVisitor } from "../../clients/board-visitor.ts";
import { formatDuration } from "../../format/duration.ts";
import { MISSED_AFTER_MS } from "../../timing/wait.ts";
import { type Check, fail, pass } from "../check.ts";
import { lacksBoards } from "./lacks-boards.ts";

/** A person whose connection is dropped misses nothing of their own strokes, and nothing of others' [W6] [W10]. */
export const boardResume: Check = {
  name: "resume",
  needs: ["upgrade"],
  async run({ target, findings, board, signal }) {
    if (findings.isOriginal) return lacksBoards("what is drawn while a client is away never reaches it");
    using dropped = await BoardVisitor.open(target, board, signal);
    using other = await BoardVisitor.open(target, board, signal);
    const cutAt = performance.now();
    dropped.draw();
    dropped.forceClose();
    await dropped.changes.until("the end of the connection", () => dropped.client.state === "reconnecting", signal);
    dropped.draw();
    other.draw();
    await Promise.all([dropped.untilLive(signal), other.untilSaved(signal)]);
    await dropped.untilSaved(signal);
    const isWhole = (): boolean => dropped.board === other.board;
    if (await dropped.changes.within(MISSED_AFTER_MS, isWhole, signal)) {
      return pass(
        `3 strokes around a dropped connection, each there once ${formatDuration(performance.now() - cutAt)} later`,
      );
    }
    return fail(
      `${dropped.client.view.size} strokes on ${dropped.pod}, ${other.client.view.size} on ${other.pod}`,
      "the pods do not keep the same boards",
      "give all pods the same REDIS_URL and BOARDS_NAME",
    );
  },
};
