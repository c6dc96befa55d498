import { availableParallelism, loadavg } from "node:os";
import { pinGenerator } from "./cores.ts";
import { ServerProcess } from "./server-process.ts";

/** Writes a line of progress: to standard error, as standard output is for the result. */
export const tell = (line: string): void => void process.stderr.write(`${line}\n`);

/**
 * Sees to it that no server outlives the bench, puts the load on its own core, and says what would blur the figures.
 */
export function prepareMachine(): { readonly pinned: boolean; readonly load: number } {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      ServerProcess.killAll();
      process.exit(1);
    });
  }
  process.on("exit", () => ServerProcess.killAll());
  const pinned = pinGenerator();
  tell(pinned ? "servers run on core 0, the load on core 1" : "servers and load share the cores: compare with care");
  const load = loadavg()[0] ?? 0;
  if (load > availableParallelism() / 2) {
    tell(
      `the machine is busy with something else (load ${load.toFixed(1)}): compare CPU time, not rates or delivery times`,
    );
  }
  return { pinned, load };
}
