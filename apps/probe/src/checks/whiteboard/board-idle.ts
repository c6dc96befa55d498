import { EventClient } from "../../clients/event-client.ts";
import { idleCheck } from "../idle.ts";

/** Over a connection on which nobody drew for a while a join is still answered. */
export const boardIdle = idleCheck(
  ({ target, findings, signal }) =>
    findings.isOriginal ? EventClient.openOriginal(target, signal) : EventClient.open(target, signal),
  async (client, { findings, board }) => findings.isOriginal || (await client.join(board)) !== undefined,
);
