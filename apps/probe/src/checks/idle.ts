import { type Check, fail, type Outcome, skip } from "../check.ts";
import { formatDuration } from "../duration.ts";

/** The check takes as long as the connection is to be silent. */
export const idleExtraMs: NonNullable<Check["extraMs"]> = ({ idleMs = 0 }) => idleMs;

export const notAsked: Outcome = skip("ask for it by --idle 70s");

/** A connection was cut because it was silent. */
export const cutWhileIdle = (milliseconds: number): Outcome =>
  fail(
    `a silent connection was cut after ${formatDuration(milliseconds)}`,
    "a proxy on the way cuts connections that are silent, or the pod left meanwhile",
    "raise its idle timeout (stream_idle_timeout, proxy_read_timeout), or lower PING_SECONDS below it",
  );
