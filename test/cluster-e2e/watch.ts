import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { WatchDocument } from "../../apps/probe/src/watch/watch-report.ts";
import { root } from "../../scripts/apps.mjs";
import { within } from "../helpers/deadline.ts";

/** How long the clients of a watch may take to connect, and, at the end, to get what is still on its way. */
const WATCH_DEADLINE_MS = 40_000;

/**
 * The command `crosspod watch` in a process, as an operator runs it beside a rollout. Disposing of it ends the process.
 */
export class Watch implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #exited: Promise<unknown>;
  readonly #report: Promise<string>;
  #said = "";

  private constructor(args: readonly string[]) {
    const command = [`${root}/apps/probe/bin/crosspod.mjs`, "watch", ...args, "--for", "10m", "--json"];
    this.#child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "pipe"] });
    this.#exited = once(this.#child, "exit");
    this.#report = text(this.#child.stdout);
  }

  /** Resolves when all clients are connected, and the traffic begins. */
  static async start(...args: readonly string[]): Promise<Watch> {
    const watch = new Watch(args);
    await within(watch.#connected(), "the clients of the watch", WATCH_DEADLINE_MS);
    return watch;
  }

  /** Ends the traffic, and says what the clients felt. */
  async end(): Promise<WatchDocument> {
    this.#child.kill("SIGINT");
    return JSON.parse(await within(this.#report, "the report of the watch", WATCH_DEADLINE_MS));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  async #connected(): Promise<void> {
    for await (const line of createInterface(this.#child.stderr)) {
      if (line.includes("connected to")) {
        this.#child.stderr.resume();
        return;
      }
      this.#said += `${line}\n`;
    }
    throw new Error(`the watch ended: ${this.#said}`);
  }
}
