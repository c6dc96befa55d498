import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { onServerCore } from "./cores.ts";

/** How a server is started. It must write a line of JSON with its `port` to standard output. */
export interface Launch {
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether it collects its garbage on SIGUSR2. */
  readonly hasGarbage: boolean;
}

const START_DEADLINE_MS = 10_000;

/** For the collection itself, and for what the allocator gives back a little later. */
const GARBAGE_COLLECTION_MS = 700;

/** How /proc counts CPU time. */
const TICKS_PER_SECOND = existsSync("/proc/self/stat") ? Number(execFileSync("getconf", ["CLK_TCK"])) : undefined;

/** A server in a process of its own, and what it costs. */
export class ServerProcess {
  static readonly #running = new Set<ChildProcess>();
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #launch: Launch;

  private constructor(child: ChildProcess, port: number, launch: Launch) {
    this.#child = child;
    this.port = port;
    this.#launch = launch;
  }

  /** Resolves when it listens. */
  static async start(launch: Launch): Promise<ServerProcess> {
    const [file = "", ...args] = onServerCore(launch.command);
    const env = { ...process.env, ...launch.environment };
    const child = spawn(file, args, { env, stdio: ["ignore", "pipe", "inherit"] });
    ServerProcess.#running.add(child);
    child.once("exit", () => ServerProcess.#running.delete(child));
    return new ServerProcess(child, await portOf(child, launch), launch);
  }

  /** Ends every server that is still there. */
  static killAll(): void {
    for (const child of ServerProcess.#running) child.kill("SIGKILL");
  }

  /** CPU time of all its threads, user and system; undefined where there is no /proc. */
  cpuSeconds(): number | undefined {
    if (TICKS_PER_SECOND === undefined) return undefined;
    const afterName = readFileSync(`/proc/${this.#child.pid}/stat`, "latin1").split(") ")[1] ?? "";
    const fields = afterName.split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }

  /** How long its main thread could have run and had to wait for a core; undefined where there is no /proc. */
  waitSeconds(): number | undefined {
    const path = `/proc/${this.#child.pid}/schedstat`;
    if (!existsSync(path)) return undefined;
    return Number(readFileSync(path, "latin1").split(" ")[1]) / 1_000_000_000;
  }

  /** Resident memory without garbage, in bytes; undefined where there is no /proc. */
  async residentBytes(): Promise<number | undefined> {
    if (TICKS_PER_SECOND === undefined) return undefined;
    if (this.#launch.hasGarbage) this.#child.kill("SIGUSR2");
    await sleep(GARBAGE_COLLECTION_MS);
    const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.#child.pid}/status`, "latin1"))?.[1];
    return Number(kilobytes) * 1_024;
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
  }
}

async function portOf(child: ChildProcess, launch: Launch): Promise<number> {
  const name = launch.command.join(" ");
  const { promise, resolve, reject } = withResolvers<number>();
  const late = setTimeout(() => reject(new Error(`${name} did not listen in time`)), START_DEADLINE_MS);
  child.once("error", reject);
  child.once("exit", () => reject(new Error(`${name} ended before it listened`)));
  if (child.stdout)
    createInterface(child.stdout).on("line", (line) => {
      const port = portIn(line);
      if (port !== undefined) resolve(port);
    });
  try {
    return await promise;
  } finally {
    clearTimeout(late);
  }
}

function portIn(line: string): number | undefined {
  try {
    const { port } = JSON.parse(line) as { port?: unknown };
    return typeof port === "number" ? port : undefined;
  } catch {
    return undefined;
  }
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function withResolvers<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
