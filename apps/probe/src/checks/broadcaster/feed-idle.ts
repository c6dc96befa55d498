import { type Check, pass } from "../../check.ts";
import { formatDuration } from "../../duration.ts";
import { FeedListener } from "../../feed-listener.ts";
import { publish } from "../../published.ts";
import { pause } from "../../wait.ts";
import { cutWhileIdle, idleExtraMs, notAsked } from "../idle.ts";
import { PROBE_ID } from "./probe-updates.ts";

/** A connection on which nobody says anything survives. */
export const feedIdle: Check = {
  name: "idle",
  needs: ["upgrade"],
  extraMs: idleExtraMs,
  async run(context) {
    const { target, idleMs, signal } = context;
    if (idleMs === undefined) return notAsked;
    using listener = await FeedListener.open(context);
    const ended = AbortSignal.any([signal, listener.ended]);
    const start = performance.now();
    await pause(idleMs, ended);
    signal.throwIfAborted();
    if (!listener.isOpen) return cutWhileIdle(performance.now() - start);
    const value = `idle ${Date.now()}`;
    await publish(target, PROBE_ID, value, signal);
    await listener.untilHeard(PROBE_ID, value, signal);
    return pass(`a connection that was silent for ${formatDuration(idleMs)} still works`);
  },
};
