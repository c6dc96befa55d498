import { expect } from "vitest";
import type { Output } from "../../../apps/probe/src/output.ts";
import { type ExitCode, runProbe } from "../../../apps/probe/src/probe.ts";
import { DEADLINE_MS } from "../deadline.ts";

/** The command `crosspod`, run in this process as on a terminal. Disposing of it ends it. */
export class ProbeRun implements Disposable {
  readonly lines: string[] = [];
  readonly errors: string[] = [];
  readonly progress: string[] = [];
  readonly exited: Promise<ExitCode>;
  readonly #ended = new AbortController();

  constructor(...args: readonly string[]) {
    const output: Output = {
      line: (text) => this.lines.push(text),
      error: (text) => this.errors.push(text),
      progress: (text) => this.progress.push(text),
      isTerminal: true,
    };
    this.exited = runProbe(args, output, this.#ended.signal);
  }

  /** What it says with `--json`. */
  get json(): Record<string, unknown> {
    return JSON.parse(this.lines.join("\n"));
  }

  /** The line of a watch's end that begins with `name`. */
  lineOf(name: string): string | undefined {
    return this.lines.find((line) => line.startsWith(`  ${name} `));
  }

  /** Resolves when it says how it goes, or has said, in a way that matches. */
  async untilProgress(pattern: RegExp): Promise<void> {
    const said = () => this.progress.some((line) => pattern.test(line));
    await expect.poll(said, { timeout: DEADLINE_MS, message: `progress ${pattern}` }).toBe(true);
  }

  /** Resolves when the clients of a watch are connected and its traffic flows. */
  untilTraffic(): Promise<void> {
    return this.untilProgress(/, [1-9]\d+ taken/);
  }

  /** As Ctrl-C. */
  interrupt(): void {
    this.#ended.abort(new Error("ended"));
  }

  [Symbol.dispose](): void {
    this.interrupt();
  }
}
