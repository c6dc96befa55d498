import { type Check, fail, pass } from "../check.ts";
import { formatDuration } from "../duration.ts";

/** Somebody answers HTTP at the address. */
export const reachable: Check = {
  name: "reachable",
  async run({ target, signal }) {
    const { status, milliseconds } = await target.request("/", signal);
    if (status === 503 || status === 502 || status === 504) {
      return fail(
        `GET / was answered with ${status}`,
        "the gateway has no pod that is ready, or does not reach it",
        "look at the pods' /readyz and log; does the Service's selector match them, and its port?",
      );
    }
    return pass(`GET / was answered with ${status} in ${formatDuration(milliseconds)}`);
  },
};
