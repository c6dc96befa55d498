import { FEED_PATH } from "@crosspod/protocol";
import { FeedListener } from "../../clients/feed-listener.ts";
import { type Check, fail, pass } from "../check.ts";
import { upgrade } from "../upgrade.ts";

/** A WebSocket gets through to the feed, and says hello where the server is not the original example's [B6] [B7]. */
export const feedUpgrade: Check = {
  name: "upgrade",
  needs: ["service"],
  async run(context) {
    const took = await upgrade(context, FEED_PATH);
    using listener = await FeedListener.open(context);
    const { hello, isOpen } = listener;
    if (!hello && !isOpen) {
      return fail(
        `${took}, and ended at once`,
        "the service, or something in between, opens WebSockets and does not keep them",
        "look into the log of the pods and of the gateway",
      );
    }
    context.findings.isOriginal = hello === undefined;
    if (!hello) return pass(`${took}; no hello, as from the original example's server`);
    context.findings.pods.add(hello.pod);
    return pass(`${took}; ${hello.pod} says hello, version ${hello.version}`);
  },
};
