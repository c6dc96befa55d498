import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";

const SERVER_CORE = "0";
const GENERATOR_CORE = "1";

const canPin = availableParallelism() > 1 && spawnSync("taskset", ["--version"]).status === 0;

/** Puts this process, which makes the load, on its own core. Returns false where that is not possible. */
export const pinGenerator = (): boolean =>
  canPin && spawnSync("taskset", ["-a", "-p", "-c", GENERATOR_CORE, `${process.pid}`]).status === 0;

/** The command line that runs a server on the core that servers have. */
export const onServerCore = (command: readonly string[]): readonly string[] =>
  canPin ? ["taskset", "-c", SERVER_CORE, ...command] : command;
