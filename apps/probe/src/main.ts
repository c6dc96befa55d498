import { processOutput } from "./output.ts";
import { runProbe } from "./probe.ts";

const ended = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    // A second signal does not wait for the cleanup.
    if (ended.signal.aborted) process.exit(130);
    ended.abort(new Error("ended"));
  });
}
for (const stream of [process.stdout, process.stderr]) {
  // A closed output, as by head(1), ends the run; the cleanup still runs.
  stream.on("error", (error) => ended.abort(error));
}
process.exit(await runProbe(process.argv.slice(2), processOutput(process), ended.signal));
