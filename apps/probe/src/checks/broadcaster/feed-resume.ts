import { FeedClient } from "@crosspod/client";
import { formatDuration } from "../../format/duration.ts";
import { Changes, MISSED_AFTER_MS } from "../../timing/wait.ts";
import { type Check, fail, pass } from "../check.ts";
import { PROBE_ID, publish } from "../published.ts";

/** A client whose connection is dropped comes back, and has what was published while it was away [B9] [B12]. */
export const feedResume: Check = {
  name: "resume",
  needs: ["same order"],
  async run({ target, signal }) {
    const dialer = target.newDialer();
    const changes = new Changes();
    const client = new FeedClient({ url: target.url, connect: (url) => target.webSocket(url, dialer) });
    client.onState(() => changes.happened());
    client.onUpdate(() => changes.happened());
    try {
      client.open();
      await changes.until("a connection", () => client.state === "live", signal);
      dialer.forceClose();
      await changes.until("the end of the connection", () => client.state === "reconnecting", signal);
      const value = `away ${Date.now()}`;
      const { sentAt } = await publish(target, PROBE_ID, value, signal);
      await changes.until("another connection", () => client.state === "live", signal);
      const isHere = () => client.values.get(PROBE_ID)?.value === value;
      if (await changes.within(MISSED_AFTER_MS, isHere, signal)) {
        return pass(`what was published meanwhile was there ${formatDuration(performance.now() - sentAt)} later`);
      }
    } finally {
      client.close();
    }
    return fail(
      "what was published while a client was away never reached it",
      "the server keeps no values, as the original example's: after each lost connection pages are wrong until the next update",
      "run crosspod's broadcaster, which sends what was missed to who comes back",
    );
  },
};
