import { type Check, fail, type Outcome, pass } from "../../check.ts";
import { Crowd } from "../../crowd.ts";
import { FeedListener, heardByAll } from "../../feed-listener.ts";
import { publish } from "../../published.ts";
import { describeTimes } from "../../quantile.ts";
import { PROBE_ID } from "./probe-updates.ts";
import { refusedPublish } from "./refused-publish.ts";

const BROWSERS = 4;
const UPDATES = 60;
/** On a slow network fewer updates must do. */
const ENOUGH_MS = 4_000;

/** From a curl to every browser: how long that takes. */
export const feedLatency: Check = {
  name: "latency",
  needs: ["same order"],
  async run(context) {
    const { target, signal } = context;
    using crowd = await Crowd.open(BROWSERS, () => FeedListener.open(context));
    const times: number[] = [];
    const start = performance.now();
    for (let count = 0; count < UPDATES && performance.now() - start < ENOUGH_MS; count += 1) {
      const value = `latency ${count} ${Date.now()}`;
      const { status, sentAt } = await publish(target, PROBE_ID, value, signal);
      if (status !== 200) return refusedPublish(status);
      const heard = await heardByAll(crowd, (listener) => listener.find(PROBE_ID, value), signal);
      for (const one of heard) {
        if (!one) return missed(count);
        times.push(one.at - sentAt);
      }
    }
    return pass(
      `publish to receive ${describeTimes(times)} (${times.length / BROWSERS} updates, ${BROWSERS} browsers)`,
    );
  },
};

const missed = (count: number): Outcome =>
  fail(
    `update ${count + 1} did not reach every browser`,
    "updates get lost between pods, or between the service and here",
    "give all pods the same REDIS_URL and FEED_NAME; look into the log of the pods",
  );
