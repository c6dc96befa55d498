import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { within } from "../helpers/deadline.ts";

/** Longest time of one block: it may build, start services, and wait for them. */
const BLOCK_DEADLINE_MS = 100_000;

/** In the environment of all that a shell starts, so that it is found again. */
const MARK = "CROSSPOD_DOCUMENT";

/** What became of a block. */
export interface Ran {
  /** Of the command that ended the shell; 0 when all went well. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * One bash, in which a person types what a page says, at an address of this machine that is the page's own. A command
 * that fails ends it. The installation is there already, and Redis is at the page's address too.
 */
export class Shell {
  readonly #bash: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #folder: string;
  readonly #mark: string;
  readonly #exited: Promise<number | null>;
  #blocks = 0;

  /**
   * @param folder for what the shell needs itself, and for temporary files.
   * @param cwd where the commands run.
   * @param address one of 127.0.0.0/8.
   */
  constructor(folder: string, cwd: string, address: string) {
    this.#folder = folder;
    this.#mark = `${MARK}=${folder}`;
    mkdirSync(join(folder, "bin"));
    mkdirSync(join(folder, "tmp"));
    this.#shadow("npm", 'case "$1" in ci) exit 0 ;; esac', '"$@"');
    this.#shadow("redis-server", "", `"$@" --bind ${address} --bind-source-addr ${address}`);
    this.#shadow("redis-cli", "", `-h ${address} "$@"`);
    const { PATH = "", HOME = folder } = process.env;
    const path = [join(folder, "bin"), PATH].join(delimiter);
    const env = { PATH: path, HOME, HOST: address, TMPDIR: join(folder, "tmp"), npm_config_loglevel: "silent" };
    this.#bash = spawn("bash", ["--noprofile", "--norc"], {
      cwd,
      env: { ...env, [MARK]: folder },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#exited = once(this.#bash, "exit").then(([code]) => code);
    // Who has ended takes no more commands, and says so by its exit code.
    this.#bash.stdin.on("error", () => {});
  }

  /** Types a block of commands, and resolves when the last one has ended, or one has failed. */
  async run(text: string): Promise<Ran> {
    this.#blocks += 1;
    const file = join(this.#folder, `${this.#blocks}`);
    writeFileSync(`${file}.sh`, text);
    const done = `done ${this.#blocks}\n`;
    this.#bash.stdin.write(
      `set -e; . ${file}.sh >${file}.out 2>${file}.err </dev/null; set +e; echo "${done.trim()}"\n`,
    );
    const exitCode = await within(Promise.race([this.#heard(done), this.#exited]), text, BLOCK_DEADLINE_MS);
    const [stdout, stderr] = ["out", "err"].map((stream) => readFileSync(`${file}.${stream}`, "utf8"));
    return { exitCode, stdout: stdout ?? "", stderr: stderr ?? "" };
  }

  /** Ends it; resolves with the command lines of what still goes on after a while, which is killed. */
  async close(graceMs: number): Promise<string[]> {
    this.#bash.stdin.end();
    const end = performance.now() + graceMs;
    while (performance.now() < end && this.#processes().length > 0) await sleep(50);
    const left = this.#processes();
    for (const { pid } of left) process.kill(pid, "SIGKILL");
    await this.#exited;
    return left.map(({ command }) => command);
  }

  async #heard(done: string): Promise<number> {
    let output = "";
    for await (const data of this.#bash.stdout.iterator({ destroyOnReturn: false })) {
      output += data;
      if (output.endsWith(done)) return 0;
    }
    return await new Promise(() => {});
  }

  /** What was started from here and has not ended. */
  #processes(): { readonly pid: number; readonly command: string }[] {
    return readdirSync("/proc").flatMap((pid) => {
      if (!/^\d+$/.test(pid)) return [];
      try {
        const isOurs = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(this.#mark);
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        // What has ended and was not waited for has no command line.
        return isOurs && command !== "" ? [{ pid: Number(pid), command }] : [];
      } catch {
        return [];
      }
    });
  }

  /** Puts a command before the one of the same name, which takes its place. */
  #shadow(name: string, before: string, args: string): void {
    const file = join(this.#folder, "bin", name);
    writeFileSync(file, `#!/bin/sh\n${before}\nPATH=\${PATH#*:}\nexec ${name} ${args}\n`);
    chmodSync(file, 0o755);
  }
}
