import { type Check, type CheckContext, fail, type Outcome, pass, skip } from "../../check.ts";
import { counted } from "../../counted.ts";
import { FeedListener } from "../../feed-listener.ts";
import { POD_CONNECTIONS, PodClients } from "../../pod-clients.ts";
import { publish } from "../../published.ts";
import { PROBE_ID } from "./probe-updates.ts";
import { refusedPublish } from "./refused-publish.ts";

/** Most updates that are published so that each pod takes one. */
const MAX_UPDATES = 20;

/** How long an update may take to everybody, until it counts as missed. */
const MISSED_AFTER_MS = 3_000;

/** How many pods there are; and a browser on each gets what is published through each other one [B4]. */
export const feedPods: Check = {
  name: "pods",
  needs: ["upgrade"],
  async run(context) {
    if (context.findings.isOriginal) return skip("the server does not say which pod it is, as the original example's");
    const open = () => FeedListener.open(context);
    using clients = await PodClients.open(open, ({ hello }) => hello?.pod);
    return await publishThroughEach(context, clients);
  },
};

async function publishThroughEach(
  { target, findings, signal }: CheckContext,
  clients: PodClients<FeedListener>,
): Promise<Outcome> {
  const through = new Set<string>();
  for (let count = 0; count < MAX_UPDATES && clients.pods.some((pod) => !through.has(pod)); count += 1) {
    const value = `pod ${count} ${Date.now()}`;
    const { status, pod } = await publish(target, PROBE_ID, value, signal);
    if (status !== 200) return refusedPublish(status);
    through.add(pod ?? "?");
    const arrivals = clients.all.map((listener) =>
      listener.within(MISSED_AFTER_MS, () => listener.find(PROBE_ID, value) !== undefined, signal),
    );
    if ((await Promise.all(arrivals)).includes(false)) return notShared(pod, clients, value);
  }
  for (const pod of [...clients.pods, ...through]) findings.pods.add(pod);
  const pods = `${counted(clients.pods.length, "pod")} in ${POD_CONNECTIONS} connections: ${clients.pods.join(", ")}`;
  if (clients.pods.length === 1) return pass(pods);
  return pass(`${pods}; what is published through ${through.size} of them arrives on all`);
}

function notShared(through: string | undefined, clients: PodClients<FeedListener>, value: string): Outcome {
  const without = [...clients.byPod].filter(([, listener]) => !listener.find(PROBE_ID, value)).map(([pod]) => pod);
  return fail(
    `what was published through ${through ?? "one pod"} did not arrive on ${without.join(", ")}`,
    "the pods do not share one feed",
    "give all pods the same REDIS_URL and FEED_NAME, and look at crosspod_feed_live of each",
  );
}
