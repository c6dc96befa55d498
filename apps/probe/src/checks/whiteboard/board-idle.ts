import { type Check, pass } from "../../check.ts";
import { formatDuration } from "../../duration.ts";
import { EventClient } from "../../event-client.ts";
import { pause } from "../../wait.ts";
import { cutWhileIdle, idleExtraMs, notAsked } from "../idle.ts";

/** A connection on which nobody draws survives. */
export const boardIdle: Check = {
  name: "idle",
  needs: ["upgrade"],
  extraMs: idleExtraMs,
  async run({ target, findings, board, idleMs, signal }) {
    if (idleMs === undefined) return notAsked;
    const start = performance.now();
    using client = findings.isOriginal
      ? await EventClient.openOriginal(target, signal)
      : await EventClient.open(target, signal);
    await pause(idleMs, AbortSignal.any([signal, client.ended]));
    signal.throwIfAborted();
    const answer = findings.isOriginal || (await client.join(board));
    if (client.ended.aborted || answer === undefined) return cutWhileIdle(performance.now() - start);
    return pass(`a connection that was silent for ${formatDuration(idleMs)} still works`);
  },
};
