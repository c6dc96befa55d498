import { MAX_ID_LENGTH, MAX_VALUE_LENGTH } from "@crosspod/protocol";
import { FeedListener } from "../../clients/feed-listener.ts";
import { type Check, fail, pass } from "../check.ts";
import { PROBE_ID, publish } from "../published.ts";

/** What is wrong with a request, and its query. */
const WRONG = {
  "no value": { id: PROBE_ID },
  "an empty id": { id: "", value: "1" },
  "a long id": { id: "x".repeat(MAX_ID_LENGTH + 1), value: "1" },
  "a long value": { id: PROBE_ID, value: "x".repeat(MAX_VALUE_LENGTH + 1) },
  "a line break": { id: PROBE_ID, value: "1\n2" },
} as const;

/** Wrong input is refused with 400, and reaches nobody [B3]. */
export const wrongFeedInput: Check = {
  name: "wrong input",
  needs: ["upgrade"],
  async run(context) {
    const { target, signal } = context;
    using listener = await FeedListener.open(context);
    const taken: string[] = [];
    for (const [what, query] of Object.entries(WRONG)) {
      const { status } = await target.request(`/api?${new URLSearchParams(query)}`, signal, {
        headers: target.apiHeaders,
      });
      if (status !== 400) taken.push(`${what} (${status})`);
    }
    const marker = `marker ${Date.now()}`;
    await publish(target, PROBE_ID, marker, signal);
    await listener.untilHeard(PROBE_ID, marker, signal);
    const leaked = listener.heard.filter(({ update }) => isWrong(update)).length;
    if (taken.length === 0 && leaked === 0) return pass(`${Object.keys(WRONG).length} kinds refused with 400`);
    return fail(
      `not refused with 400: ${taken.join(", ") || "nothing"}; sent to browsers all the same: ${leaked}`,
      "the server does not check its input, as the original example's",
      "run crosspod's broadcaster, which refuses it and names the field",
    );
  },
};

const isWrong = ({ id, value }: { readonly id: string; readonly value: string }): boolean =>
  Object.values(WRONG).some((wrong) => wrong.id === id && "value" in wrong && wrong.value === value);
