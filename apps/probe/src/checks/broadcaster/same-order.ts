import { type Check, fail, type Outcome, pass } from "../../check.ts";
import { Crowd } from "../../crowd.ts";
import { formatDuration } from "../../duration.ts";
import { FeedListener, type Heard, heardByAll } from "../../feed-listener.ts";
import { type Published, publish } from "../../published.ts";
import { TUTORIAL_UPDATES } from "./probe-updates.ts";
import { refusedPublish } from "./refused-publish.ts";

const BROWSERS = 4;

/** As Istio's tutorial by hand: four browsers, four curls, and all browsers show the same in the same order [B4]. */
export const sameOrder: Check = {
  name: "same order",
  needs: ["upgrade"],
  async run(context) {
    const { target, signal } = context;
    using crowd = await Crowd.open(BROWSERS, () => FeedListener.open(context));
    const sent: Published[] = [];
    for (const { id, value } of TUTORIAL_UPDATES) {
      const reply = await publish(target, id, value, signal);
      if (reply.status !== 200) return refusedPublish(reply.status);
      sent.push(reply);
    }
    const heard = await heardByAll(crowd, (listener) => lastOf(listener, sent[0]), signal);
    const orders = crowd.all.map((listener) => orderOf(listener, sent[0]));
    return outcomeOf(orders, Math.max(...heard.map((last) => (last?.at ?? 0) - (sent.at(-1)?.sentAt ?? 0))));
  },
};

/** The tutorial's updates as they came, without those of the snapshot, which may hold the same values from before. */
const tutorialOf = ({ heard }: FeedListener, first: Published | undefined): Heard[] =>
  heard.filter(
    (one) =>
      isFrom(first, one) &&
      TUTORIAL_UPDATES.some(({ id, value }) => id === one.update.id && value === one.update.value),
  );

const isFrom = (first: Published | undefined, { update, at }: Heard): boolean =>
  first?.revision !== undefined && update.revision !== undefined
    ? update.revision >= first.revision
    : at >= (first?.sentAt ?? 0);

/** What came last of the tutorial, once all of it has come. */
function lastOf(listener: FeedListener, first: Published | undefined): Heard | undefined {
  const heard = tutorialOf(listener, first);
  return heard.length >= TUTORIAL_UPDATES.length ? heard.at(-1) : undefined;
}

const orderOf = (listener: FeedListener, first: Published | undefined): string =>
  tutorialOf(listener, first)
    .map(({ update }) => `${update.id}=${update.value}`)
    .join(" ");

function outcomeOf(orders: readonly string[], milliseconds: number): Outcome {
  const whole = TUTORIAL_UPDATES.map(({ id, value }) => `${id}=${value}`).join(" ");
  const complete = orders.filter((order) => order === whole).length;
  if (complete === orders.length) {
    return pass(`${complete} browsers got ${whole}, the last after ${formatDuration(milliseconds)}`);
  }
  const isShort = orders.some((order) => order.split(" ").length < TUTORIAL_UPDATES.length);
  return fail(
    `${complete} of ${orders.length} browsers got ${whole}; one got ${orders.find((order) => order !== whole) || "nothing"}`,
    isShort
      ? "a pod tells only its own browsers what is published through it: pods do not share the feed"
      : "pods do not agree on one order, or somebody else publishes the same ids now",
    "give all pods the same REDIS_URL and FEED_NAME; the original example's server works on one replica only",
  );
}
