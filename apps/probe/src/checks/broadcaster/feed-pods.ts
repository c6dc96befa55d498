import { FeedListener } from "../../clients/feed-listener.ts";
import { PodClients } from "../../clients/pod-clients.ts";
import { thoseWithout } from "../../timing/wait.ts";
import { type Check, type CheckContext, fail, type Outcome, pass, skip } from "../check.ts";
import { PROBE_ID, publish } from "../published.ts";

/** Most updates that are published so that each pod takes one. */
const MAX_UPDATES = 20;

/** How many pods there are; and a browser on each gets what is published through each other one [B4]. */
export const feedPods: Check = {
  name: "pods",
  needs: ["upgrade"],
  async run(context) {
    if (context.findings.isOriginal) return skip("the server does not say which pod it is, as the original example's");
    using clients = await PodClients.find(() => FeedListener.open(context));
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
    const { pod } = await publish(target, PROBE_ID, value, signal);
    through.add(pod ?? "?");
    const without = await thoseWithout(clients.all, (listener) => listener.find(PROBE_ID, value) !== undefined, signal);
    if (without.length > 0) return notShared(pod, without);
  }
  for (const pod of [...clients.pods, ...through]) findings.pods.add(pod);
  if (clients.pods.length === 1) return pass(clients.summary);
  return pass(`${clients.summary}; what is published through ${through.size} of them arrives on all`);
}

const notShared = (through: string | undefined, without: readonly FeedListener[]): Outcome =>
  fail(
    `what was published through ${through ?? "one pod"} did not arrive on ${without.map(({ pod }) => pod).join(", ")}`,
    "the pods do not share one feed",
    "give all pods the same REDIS_URL and FEED_NAME, and look at crosspod_feed_live of each",
  );
