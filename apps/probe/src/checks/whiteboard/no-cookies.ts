import { EventClient } from "../../clients/event-client.ts";
import { podOfReply } from "../../clients/join.ts";
import { type Check, fail, pass } from "../check.ts";

const CLIENTS = 10;

/** A WebSocket needs no cookies, whichever pod it reaches [W1]. */
export const noCookies: Check = {
  name: "no cookies",
  needs: ["upgrade"],
  async run({ target, findings, board, signal }) {
    const results = await Promise.all(
      Array.from({ length: CLIENTS }, async () => {
        using client = await EventClient.open(target, signal);
        if (findings.isOriginal) return "connected";
        return podOfReply(await client.join(board));
      }).map((connection) => connection.catch(() => undefined)),
    );
    const connected = results.filter((pod) => pod !== undefined).length;
    const detail = `${connected} of ${CLIENTS} WebSockets without cookies work`;
    if (connected === CLIENTS) return pass(detail);
    return fail(
      detail,
      "the gateway sends some handshakes to pods that are gone, or that take no more clients",
      "look at the pods' /readyz; have the gateway try connect failures again on another pod",
    );
  },
};
