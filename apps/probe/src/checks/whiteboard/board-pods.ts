import { BoardVisitor } from "../../clients/board-visitor.ts";
import { PodClients } from "../../clients/pod-clients.ts";
import { MISSED_AFTER_MS, thoseWithout } from "../../timing/wait.ts";
import { type Check, type CheckContext, fail, type Outcome, pass } from "../check.ts";
import { lacksBoards } from "./lacks-boards.ts";

/** How many pods there are; and a stroke that is drawn on one is acknowledged, and arrives on all [W6] [W7]. */
export const boardPods: Check = {
  name: "pods",
  needs: ["upgrade"],
  async run(context) {
    const { target, findings, board, signal } = context;
    if (findings.isOriginal) return lacksBoards("a stroke that gets lost is missed by nobody but the people");
    // Each has cookies of its own, and so a pod of its own.
    using visitors = await PodClients.find(() => BoardVisitor.open(target, board, signal));
    for (const pod of visitors.pods) findings.pods.add(pod);
    return await drawOnEach(context, visitors);
  },
};

async function drawOnEach({ signal }: CheckContext, visitors: PodClients<BoardVisitor>): Promise<Outcome> {
  for (const author of visitors.all) {
    const id = author.draw();
    if (!(await author.changes.within(MISSED_AFTER_MS, () => author.isSaved, signal))) return notSaved(author);
    const without = await thoseWithout(visitors.all, (visitor) => visitor.has(id), signal);
    if (without.length > 0) return notShared(author, without);
  }
  const strokes =
    visitors.pods.length === 1 ? "a stroke is acknowledged" : "a stroke on each is acknowledged, and arrives on all";
  return pass(`${visitors.summary}; ${strokes}`);
}

const notSaved = ({ pod, client }: BoardVisitor): Outcome =>
  fail(
    `a stroke on ${pod} was not acknowledged: ${client.saveState.state === "not-saved" ? client.saveState.reason : "nothing came"}`,
    "the pod has no touch with Redis",
    "look at the pod's /readyz and log, and at Redis",
  );

const notShared = ({ pod }: BoardVisitor, without: readonly BoardVisitor[]): Outcome =>
  fail(
    `a stroke that was drawn on ${pod} did not arrive on ${without.map((visitor) => visitor.pod).join(", ")}`,
    "the pods do not share their boards",
    "give all pods the same REDIS_URL and BOARDS_NAME, and look at crosspod_board_live of each",
  );
