import { type ChildProcessByStdio, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { isAbsolute } from "node:path";
import type { Readable } from "node:stream";
import { root } from "../../../scripts/apps.mjs";
import { DEADLINE_MS, within } from "../deadline.ts";

/** A built service in a process of its own, as an operator starts it. Disposing of it ends the process. */
export class ServiceProcess implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #output = new EventEmitter();
  readonly #exited: Promise<number | null>;
  #stdout = "";
  #stderr = "";

  /** @param app its name below apps/, which must be built, or the whole path of the file to run. */
  constructor(app: string, environment: Readonly<Record<string, string>> = {}) {
    const env = { PATH: process.env.PATH ?? "", HOST: "127.0.0.1", PORT: "0", DRAIN_SECONDS: "0", ...environment };
    const main = isAbsolute(app) ? app : `${root}/apps/${app}/dist/main.js`;
    this.#child = spawn(process.execPath, [main], { env, stdio: ["ignore", "pipe", "pipe"] });
    this.#child.stdout.on("data", (data) => {
      this.#stdout += data;
      this.#output.emit("line");
    });
    this.#child.stderr.on("data", (data) => {
      this.#stderr += data;
    });
    this.#exited = once(this.#child, "close").then(([code]) => code);
  }

  get stderr(): string {
    return this.#stderr;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The log so far: an object for each line. */
  get log(): Record<string, unknown>[] {
    const lines = this.#stdout.split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line));
  }

  /** Resolves with the first log line, past or to come, whose message holds `text`. */
  async logged(text: string): Promise<Record<string, unknown>> {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    for (;;) {
      const line = this.log.find(({ msg }) => String(msg).includes(text));
      if (line) return line;
      await once(this.#output, "line", { signal }).catch(() => {
        throw new Error(`"${text}" was not logged; standard error: ${this.#stderr}`);
      });
    }
  }

  /** Resolves with its address when it listens. */
  async listening(): Promise<{ readonly url: string; readonly adminUrl: string }> {
    const { port, adminPort } = await this.logged("open http");
    return { url: `http://127.0.0.1:${port}/`, adminUrl: `http://127.0.0.1:${adminPort}/` };
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves with the exit code; null when a signal ended it. */
  exited(): Promise<number | null> {
    return within(this.#exited, "the end of the process");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }
}
