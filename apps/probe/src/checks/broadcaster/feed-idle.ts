import { FeedListener } from "../../clients/feed-listener.ts";
import { idleCheck } from "../idle.ts";
import { PROBE_ID, publish } from "../published.ts";

/** Over a connection on which nothing was published for a while an update still comes. */
export const feedIdle = idleCheck(FeedListener.open, async (listener, { target, signal }) => {
  const value = `idle ${Date.now()}`;
  await publish(target, PROBE_ID, value, signal);
  await listener.untilHeard(PROBE_ID, value, signal);
  return true;
});
