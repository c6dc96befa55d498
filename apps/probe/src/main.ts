import { processOutput } from "./output.ts";
import { runProbe } from "./probe.ts";

const ended = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    // Who is in such a hurry does not wait for what would be cleaned up.
    if (ended.signal.aborted) process.exit(130);
    ended.abort(new Error("ended"));
  });
}
process.exit(await runProbe(process.argv.slice(2), processOutput(process), ended.signal));
