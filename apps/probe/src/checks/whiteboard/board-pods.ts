import { BoardVisitor } from "../../board-visitor.ts";
import { type Check, type CheckContext, fail, type Outcome, pass } from "../../check.ts";
import { counted } from "../../counted.ts";
import { POD_CONNECTIONS, PodClients } from "../../pod-clients.ts";
import { lacksBoards } from "./lacks-boards.ts";

/** How long a stroke may take to everybody, until it counts as missed. */
const MISSED_AFTER_MS = 3_000;

/** How many pods there are; and a stroke that is drawn on one is acknowledged, and arrives on all [W6] [W7]. */
export const boardPods: Check = {
  name: "pods",
  needs: ["upgrade"],
  async run(context) {
    const { target, findings, board, signal } = context;
    if (findings.isOriginal) return lacksBoards("a stroke that gets lost is missed by nobody but the people");
    // Each has cookies of its own, and so a pod of its own.
    using visitors = await PodClients.open(
      () => BoardVisitor.open(target, board, signal),
      ({ pod }) => pod,
    );
    for (const pod of visitors.pods) findings.pods.add(pod);
    return await drawOnEach(context, visitors);
  },
};

async function drawOnEach({ signal }: CheckContext, visitors: PodClients<BoardVisitor>): Promise<Outcome> {
  for (const [pod, author] of visitors.byPod) {
    const id = author.draw();
    if (!(await author.changes.within(MISSED_AFTER_MS, () => author.isSaved, signal))) return notSaved(pod, author);
    const waits = visitors.all.map((visitor) => visitor.changes.within(MISSED_AFTER_MS, () => visitor.has(id), signal));
    await Promise.all(waits);
    const without = [...visitors.byPod].filter(([, visitor]) => !visitor.has(id)).map(([other]) => other);
    if (without.length > 0) return notShared(pod, without);
  }
  const pods = `${counted(visitors.pods.length, "pod")} in ${POD_CONNECTIONS} connections: ${visitors.pods.join(", ")}`;
  const strokes =
    visitors.pods.length === 1 ? "a stroke is acknowledged" : "a stroke on each is acknowledged, and arrives on all";
  return pass(`${pods}; ${strokes}`);
}

const notSaved = (pod: string, { client }: BoardVisitor): Outcome =>
  fail(
    `a stroke on ${pod} was not acknowledged: ${client.saveState.state === "not-saved" ? client.saveState.reason : "nothing came"}`,
    "the pod has no touch with Redis",
    "look at the pod's /readyz and log, and at Redis",
  );

const notShared = (pod: string, without: readonly string[]): Outcome =>
  fail(
    `a stroke that was drawn on ${pod} did not arrive on ${without.join(", ")}`,
    "the pods do not share their boards",
    "give all pods the same REDIS_URL and BOARDS_NAME, and look at crosspod_board_live of each",
  );
