import { EventClient } from "../../clients/event-client.ts";
import { podOfReply } from "../../clients/join.ts";
import { type Check, pass } from "../check.ts";
import { clearBoard } from "../clear-board.ts";
import { upgrade } from "../upgrade.ts";

const PATH = "/socket.io/?EIO=4&transport=websocket&client=crosspod";

/** socket.io gets through by WebSocket, and the server answers a join where it is not the original example's [W1]. */
export const boardUpgrade: Check = {
  name: "upgrade",
  needs: ["service"],
  async run(context) {
    const took = await upgrade(context, PATH);
    using client = await EventClient.open(context.target, context.signal);
    const reply = await client.join(context.board);
    context.findings.isOriginal = reply === undefined;
    if (reply === undefined) return pass(`${took}; no answer to a join, as from the original example's server`);
    context.atEnd(() => clearBoard(context));
    const pod = podOfReply(reply);
    if (pod !== undefined) context.findings.pods.add(pod);
    return pass(`${took}; ${pod ?? "the server"} answers a join`);
  },
};
