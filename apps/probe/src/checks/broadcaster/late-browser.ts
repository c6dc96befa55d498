import { TUTORIAL_UPDATES } from "@crosspod/protocol";
import { FeedListener } from "../../clients/feed-listener.ts";
import { type Check, fail, pass } from "../check.ts";

/** Of the original example's server nothing comes, so it is not worth more. */
const SNAPSHOT_WAIT_MS = 2_000;

/** A browser that comes late is shown the newest value of each id [B6]. */
export const lateBrowser: Check = {
  name: "late joiner",
  needs: ["same order"],
  async run(context) {
    const { signal } = context;
    using listener = await FeedListener.open(context);
    const missing = () => TUTORIAL_UPDATES.filter(({ id }) => !listener.heard.some(({ update }) => update.id === id));
    const isWhole = await listener.changes.within(SNAPSHOT_WAIT_MS, () => missing().length === 0, signal);
    if (isWhole) return pass(`all ${TUTORIAL_UPDATES.length} values, among ${listener.heard.length}`);
    return fail(
      `${missing().length} of ${TUTORIAL_UPDATES.length} values did not come`,
      "the server keeps no values, as the original example's: who opens the page late, or was away, sees old ones or none",
      "run crosspod's broadcaster, which sends a snapshot to everybody who connects",
    );
  },
};
