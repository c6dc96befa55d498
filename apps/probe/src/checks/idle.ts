import { formatDuration } from "../format/duration.ts";
import { pause } from "../timing/wait.ts";
import { type Check, type CheckContext, fail, pass, skip } from "./check.ts";

/** A connection whose end is known. */
interface Connection extends Disposable {
  readonly ended: AbortSignal;
}

/** A connection on which nobody says anything survives: after the silence it still `works`. */
export const idleCheck = <C extends Connection>(
  open: (context: CheckContext) => Promise<C>,
  works: (connection: C, context: CheckContext) => Promise<boolean>,
): Check => ({
  name: "idle",
  needs: ["upgrade"],
  extraMs: ({ idleMs = 0 }) => idleMs,
  async run(context) {
    const { idleMs, signal } = context;
    if (idleMs === undefined) return skip("ask for it by --idle 70s");
    using connection = await open(context);
    const start = performance.now();
    await pause(idleMs, AbortSignal.any([signal, connection.ended]));
    signal.throwIfAborted();
    if (!connection.ended.aborted && (await works(connection, context))) {
      return pass(`a connection that was silent for ${formatDuration(idleMs)} still works`);
    }
    return fail(
      `a silent connection was cut after ${formatDuration(performance.now() - start)}`,
      "a proxy on the way cuts connections that are silent, or the pod left meanwhile",
      "raise its idle timeout (stream_idle_timeout, proxy_read_timeout), or lower PING_SECONDS below it",
    );
  },
});
