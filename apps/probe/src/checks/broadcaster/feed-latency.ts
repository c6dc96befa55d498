import { Crowd } from "../../clients/crowd.ts";
import { FeedListener } from "../../clients/feed-listener.ts";
import { describeTimes } from "../../format/quantile.ts";
import { thoseWithout } from "../../timing/wait.ts";
import { type Check, fail, pass } from "../check.ts";
import { PROBE_ID, publish } from "../published.ts";

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
      const { sentAt } = await publish(target, PROBE_ID, value, signal);
      const find = (listener: FeedListener) => listener.find(PROBE_ID, value);
      await thoseWithout(crowd.all, (listener) => find(listener) !== undefined || !listener.isOpen, signal);
      signal.throwIfAborted();
      const heard = crowd.all.flatMap((listener) => find(listener) ?? []);
      if (heard.length < BROWSERS) {
        return fail(
          `update ${count + 1} did not reach every browser`,
          "updates get lost between pods, or between the service and here",
          "give all pods the same REDIS_URL and FEED_NAME; look into the log of the pods",
        );
      }
      times.push(...heard.map(({ at }) => at - sentAt));
    }
    return pass(
      `publish to receive ${describeTimes(times)} (${times.length / BROWSERS} updates, ${BROWSERS} browsers)`,
    );
  },
};
