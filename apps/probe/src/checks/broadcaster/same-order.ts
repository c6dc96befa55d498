import { TUTORIAL_UPDATES, type Update } from "@crosspod/protocol";
import { Crowd } from "../../clients/crowd.ts";
import { FeedListener, type Heard } from "../../clients/feed-listener.ts";
import { formatDuration } from "../../format/duration.ts";
import { thoseWithout } from "../../timing/wait.ts";
import { type Check, fail, type Outcome, pass } from "../check.ts";
import { type Published, publish } from "../published.ts";

const BROWSERS = 4;

/** As Istio's tutorial by hand: four browsers, four curls, and all browsers show the same in the same order [B4]. */
export const sameOrder: Check = {
  name: "same order",
  needs: ["upgrade"],
  async run(context) {
    const { target, signal } = context;
    using crowd = await Crowd.open(BROWSERS, () => FeedListener.open(context));
    const sent: Published[] = [];
    for (const { id, value } of TUTORIAL_UPDATES) sent.push(await publish(target, id, value, signal));
    const tutorial = (listener: FeedListener): Heard[] => tutorialOf(listener, sent[0]);
    const isWhole = (listener: FeedListener): boolean => tutorial(listener).length >= TUTORIAL_UPDATES.length;
    await thoseWithout(crowd.all, (listener) => isWhole(listener) || !listener.isOpen, signal);
    signal.throwIfAborted();
    return outcomeOf(crowd.all.map(tutorial), sent.at(-1)?.sentAt ?? 0);
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

const orderOf = (updates: readonly Update[]): string => updates.map(({ id, value }) => `${id}=${value}`).join(" ");

function outcomeOf(heard: readonly (readonly Heard[])[], sentAt: number): Outcome {
  const whole = orderOf(TUTORIAL_UPDATES);
  const orders = heard.map((browser) => orderOf(browser.map(({ update }) => update)));
  const others = orders.filter((order) => order !== whole);
  if (others.length === 0) {
    const milliseconds = Math.max(...heard.map((browser) => (browser.at(-1)?.at ?? 0) - sentAt));
    return pass(`${orders.length} browsers got ${whole}, the last after ${formatDuration(milliseconds)}`);
  }
  const isShort = heard.some(({ length }) => length < TUTORIAL_UPDATES.length);
  return fail(
    `${orders.length - others.length} of ${orders.length} browsers got ${whole}; one got ${others[0] || "nothing"}`,
    isShort
      ? "a pod tells only its own browsers what is published through it: pods do not share the feed"
      : "pods do not agree on one order, or somebody else publishes the same ids now",
    "give all pods the same REDIS_URL and FEED_NAME; the original example's server works on one replica only",
  );
}
