import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { expect, vi } from "vitest";
import { root } from "../../../scripts/apps.mjs";
import { within } from "../deadline.ts";
import { readManifests } from "../kubernetes/kustomize.ts";
import { findManifest } from "../kubernetes/manifests.ts";
import { freePort } from "../network/free-port.ts";
import { TcpBalancer } from "../network/tcp-balancer.ts";

const SCRIPT = `${root}/k8s/redis/handover.sh`;

/** For a pod to become ready, or a claim to change. */
const WAIT = { timeout: 30_000 } as const;

/** Whether this machine can run the script: Debian and Redis' image have flock(1), macOS has not. CI must have it. */
export const HAS_FLOCK = process.env.CI !== undefined || spawnSync("flock", ["--version"]).status === 0;

/** Whose data count. */
export interface Claim {
  readonly term: number;
  readonly directory: string;
  readonly port: number;
}

/**
 * Redis as k8s/redis has it, with processes for pods: one volume, pods that come and go, and a Service that leads to
 * those who are ready. Disposing of it ends them, and takes the volume away.
 */
export class RedisDeployment implements AsyncDisposable {
  readonly volume: string;
  readonly #service: TcpBalancer;
  readonly #pods: RedisPod[] = [];

  private constructor(volume: string, service: TcpBalancer) {
    this.volume = volume;
    this.#service = service;
  }

  static async create(): Promise<RedisDeployment> {
    return new RedisDeployment(await mkdtemp(`${tmpdir()}/crosspod-handover-`), await TcpBalancer.start());
  }

  /** Of the Service. */
  get url(): string {
    return `redis://127.0.0.1:${this.#service.port}`;
  }

  /** Makes a pod. Clients come to it once {@link RedisPod.untilReady} has resolved. */
  async add(environment: Readonly<Record<string, string>> = {}): Promise<RedisPod> {
    const where = { DATA_DIRECTORY: this.volume, SERVICE_HOST: "127.0.0.1", SERVICE_PORT: `${this.#service.port}` };
    const pod = new RedisPod(await freePort(), this.#service, { ...where, ...environment });
    this.#pods.push(pod);
    return pod;
  }

  async claim(): Promise<Claim> {
    const [term, directory = "", , port] = (await readFile(`${this.volume}/primary`, "utf8")).trim().split(" ");
    return { term: Number(term), directory, port: Number(port) };
  }

  async untilClaimed(pod: RedisPod): Promise<void> {
    await vi.waitFor(async () => expect((await this.claim()).port).toBe(pod.port), { ...WAIT, interval: 1 });
  }

  async directories(): Promise<string[]> {
    return (await readdir(this.volume)).filter((name) => name.startsWith("redis."));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pod of this.#pods) await pod.destroy();
    await this.#service[Symbol.asyncDispose]();
    await rm(this.volume, { recursive: true, force: true });
  }
}

/** A pod of Redis: its container is started again when it ends, until the pod is deleted. */
export class RedisPod {
  readonly port: number;
  readonly #service: TcpBalancer;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #leaving: ChildProcess[] = [];
  #container: ChildProcess;
  #isDeleted = false;
  #log = "";

  constructor(port: number, service: TcpBalancer, environment: Readonly<Record<string, string>>) {
    this.port = port;
    this.#service = service;
    this.#environment = { PATH: process.env.PATH ?? "", PORT: `${port}`, ...environment };
    this.#container = this.#start();
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** What the script and redis-server have said. */
  get log(): string {
    return this.#log;
  }

  /** Whether its container is running. */
  get isRunning(): boolean {
    return this.#container.exitCode === null && this.#container.signalCode === null;
  }

  /** Resolves when clients may come, and the Service leads here. */
  async untilReady(): Promise<void> {
    await vi.waitFor(async () => expect(await this.#run("ready")).toBe(0), WAIT);
    this.#service.add(this.port);
  }

  /** Is told to end: new clients stay away, it hands over, and ends. */
  async delete(): Promise<void> {
    this.#service.remove(this.port);
    await this.#run("leave");
    this.#isDeleted = true;
    await this.#end("SIGTERM");
  }

  /** Its container dies at once, with all that runs in it, and is started again. */
  async crash(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** It is gone at once. */
  async destroy(): Promise<void> {
    this.#isDeleted = true;
    this.#service.remove(this.port);
    await this.#end("SIGKILL");
  }

  /** Stops everything in its container, as a node does that is out of breath, or lets it go on. */
  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    signalGroup(this.#container, signal);
  }

  #start(): ChildProcess {
    const { args } = findManifest(readManifests("k8s"), "Deployment", "default/redis").spec.template.spec.containers[0];
    // In a process group of its own, which stands for the container.
    const container = spawn("sh", [SCRIPT, ...args], {
      env: this.#environment,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const end = (): void => signalGroup(container, "SIGKILL");
    process.once("exit", end);
    for (const stream of [container.stdout, container.stderr]) {
      stream.on("data", (data) => {
        this.#log += data;
      });
    }
    container.once("exit", () => {
      process.off("exit", end);
      end();
      for (const leaving of this.#leaving) signalGroup(leaving, "SIGKILL");
      if (!this.#isDeleted) this.#container = this.#start();
    });
    return container;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const container = this.#container;
    if (!this.isRunning) return;
    const exit = once(container, "exit");
    if (signal === "SIGKILL") signalGroup(container, signal);
    else container.kill(signal);
    await within(exit, "the end of a pod of Redis");
  }

  /** Runs a command of the script in the container. Resolves with its exit code, null when a signal ended it. */
  async #run(command: "ready" | "leave"): Promise<number | null> {
    const child = spawn("sh", [SCRIPT, command], { env: this.#environment, stdio: "ignore", detached: true });
    if (command === "leave") this.#leaving.push(child);
    const [code] = await once(child, "exit");
    return code;
  }
}

/** Signals a process and those that it has started. */
function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // None is left.
  }
}
