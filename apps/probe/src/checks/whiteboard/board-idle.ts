import { EventClient } from "../../clients/event-client.ts";
import { idleCheck } from "../idle.ts";

/** A join is still answered over a connection that was idle for a while. */
export const boardIdle = idleCheck(
  ({ target, findings, signal }) =>
    findings.isOriginal ? EventClient.openOriginal(target, signal) : EventClient.open(target, signal),
  async (client, { findings, board }) => findings.isOriginal || (await client.join(board)) !== undefined,
);
