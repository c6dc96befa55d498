import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { root } from "../../scripts/apps.mjs";

const execute = promisify(execFile);

/** What a command wrote. */
export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command at the root of the repository; rejects, with what it wrote, when its exit code is not 0. */
export const runCommand = (command: string, ...args: readonly string[]): Promise<CommandOutput> =>
  execute(command, args, { cwd: root, maxBuffer: 64 * 1024 * 1024 });
