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
for (const stream of [process.stdout, process.stderr]) {
  // Who reads no more, as head(1), wants no more; what was made is still taken away.
  stream.on("error", (error) => ended.abort(error));
}
process.exit(await runProbe(process.argv.slice(2), processOutput(process), ended.signal));
