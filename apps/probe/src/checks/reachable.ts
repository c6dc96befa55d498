import type { IncomingHttpHeaders } from "node:http";
import type { Target } from "../clients/target.ts";
import { formatDuration } from "../format/duration.ts";
import { type Check, fail, pass } from "./check.ts";

/** Something answers HTTP at the address. */
export const reachable: Check = {
  name: "reachable",
  async run({ target, signal }) {
    const { status, headers, milliseconds } = await target.request("/", signal);
    if (status === 503 || status === 502 || status === 504) {
      return fail(
        `GET / was answered with ${status}`,
        "the gateway has no pod that is ready, or does not reach it",
        "look at the pods' /readyz and log; does the Service's selector match them, and its port?",
      );
    }
    const elsewhere = redirectionOf(target, headers);
    if (elsewhere !== undefined) {
      return fail(
        `GET / was answered with ${status}, and leads to ${elsewhere}`,
        "this address only sends browsers on; neither a publish nor a WebSocket follows",
        `give that address: ${elsewhere}`,
      );
    }
    return pass(`GET / was answered with ${status} in ${formatDuration(milliseconds)}`);
  },
};

/** The other address that an answer leads to, as from http to https; undefined when it leads to none. */
function redirectionOf({ url }: Target, { location }: IncomingHttpHeaders): string | undefined {
  if (location === undefined || !URL.canParse(location, url.href)) return undefined;
  const { origin } = new URL(location, url);
  return origin === url.origin ? undefined : `${origin}/`;
}
