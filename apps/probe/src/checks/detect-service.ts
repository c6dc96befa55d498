import { FEED_PATH } from "@crosspod/protocol";
import { POLLING_PATH } from "../clients/polling-session.ts";
import type { Service } from "../service.ts";
import { type Check, type CheckContext, fail, pass } from "./check.ts";

/** It is known which service this is: by what was said, or by what it speaks. */
export const detectService: Check = {
  name: "service",
  needs: ["reachable"],
  async run(context) {
    const said = context.findings.service;
    const found = await serviceOf(context);
    if (found !== undefined && (said ?? found) === found) {
      context.findings.service = found;
      return pass(`a ${found}`);
    }
    const expected = said ? `a ${said}` : "a broadcaster or a whiteboard";
    return fail(
      found ? `a ${found}, not ${expected}` : `not ${expected}`,
      found
        ? "this is the address of the other service"
        : `${FEED_PATH} takes no WebSocket and /socket.io/ does not speak socket.io: something else answers here, or the gateway does not route there`,
      "correct the address; with --host NAME a gateway is asked for that name",
    );
  },
};

async function serviceOf({ target, signal }: CheckContext): Promise<Service | undefined> {
  const polling = await target.request(POLLING_PATH, signal);
  if (polling.body.includes('0{"sid"')) return "whiteboard";
  const { status } = await target.handshake(FEED_PATH, signal);
  if (status === 101) return "broadcaster";
  // A gateway that lets no WebSocket pass may still let /api through.
  const api = await target.request("/api", signal);
  return api.status !== 404 && polling.status === 404 ? "broadcaster" : undefined;
}
