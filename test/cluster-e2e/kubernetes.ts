import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { within } from "../helpers/deadline.ts";
import { type CommandOutput, runCommand } from "./command.ts";

/** A Deployment, and where it is. */
export interface Workload {
  readonly namespace: string;
  readonly deployment: string;
  /** Of the container that is ours. */
  readonly container: string;
}

export interface PodState {
  readonly name: string;
  readonly isReady: boolean;
  readonly isLeaving: boolean;
  readonly restarts: number;
  /** A container of it went beyond its limit of memory. */
  readonly isOutOfMemory: boolean;
  /** Of each container, by its name, without the runtime's prefix. */
  readonly containerIds: ReadonlyMap<string, string>;
}

/** How long a rollout may take. */
const ROLLOUT_SECONDS = 180;

/** A check takes seconds; the rest is for its image. */
const JOB_DEADLINE_MS = 150_000;

/** Two pods of a node, each with its pause, its drain and a successor that has to get ready. */
const DRAIN_SECONDS = 70;

interface JobStatus {
  readonly succeeded?: number;
  readonly failed?: number;
}

interface PodJson {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly containerID?: string;
      readonly restartCount: number;
      readonly lastState?: { readonly terminated?: { readonly reason?: string } };
    }[];
  };
}

/** A cluster, through kubectl. */
export class Kubernetes {
  readonly #context: string;

  constructor(context: string) {
    this.#context = context;
  }

  run(...args: readonly string[]): Promise<CommandOutput> {
    return runCommand("kubectl", "--context", this.#context, ...args);
  }

  async json<T>(...args: readonly string[]): Promise<T> {
    return JSON.parse((await this.run(...args, "-o", "json")).stdout);
  }

  async rolledOut({ namespace, deployment }: Workload): Promise<void> {
    await this.run(
      ...["rollout", "status", "-n", namespace, `deployment/${deployment}`, `--timeout=${ROLLOUT_SECONDS}s`],
    );
  }

  /** Runs a job of a CronJob now; rejects, with what it wrote, when it fails. */
  async runJob(cronJob: string, namespace: string): Promise<void> {
    const job = `${cronJob}-${Date.now()}`;
    await this.run("create", "job", "-n", namespace, job, `--from=cronjob/${cronJob}`);
    try {
      const { succeeded } = await this.#finished(job, namespace);
      if (!succeeded) throw new Error((await this.run("logs", "-n", namespace, `job/${job}`)).stdout);
    } finally {
      await this.run("delete", "job", "-n", namespace, job);
    }
  }

  async #finished(job: string, namespace: string): Promise<JobStatus> {
    const signal = AbortSignal.timeout(JOB_DEADLINE_MS);
    for (;;) {
      const { status } = await this.json<{ status: JobStatus }>("get", "job", "-n", namespace, job);
      if (status.succeeded || status.failed) return status;
      signal.throwIfAborted();
    }
  }

  /** The node of a workload's first pod. */
  async nodeOf({ namespace, deployment }: Workload): Promise<string> {
    const { items } = await this.json<{ items: { spec: { nodeName: string } }[] }>(
      ...["get", "pods", "-n", namespace, "-l", `app=${deployment}`],
    );
    const node = items[0]?.spec.nodeName;
    if (!node) throw new Error(`there is no pod of ${deployment}`);
    return node;
  }

  /**
   * Takes a workload's pods off a node, one after the other as far as their budget lets them go; where they have
   * nowhere to go, the drain ends in vain. The node takes pods again afterwards.
   */
  async drain(node: string, { deployment }: Workload): Promise<void> {
    const options = [`--pod-selector=app=${deployment}`, "--ignore-daemonsets", "--delete-emptydir-data"];
    try {
      await this.run("drain", node, ...options, `--timeout=${DRAIN_SECONDS}s`);
    } catch (error) {
      if (!/disruption budget|global timeout/.test((error as CommandOutput).stderr)) throw error;
    } finally {
      await this.run("uncordon", node);
    }
  }

  /** All pods of a workload, those that are leaving too. */
  async pods({ namespace, deployment }: Workload): Promise<PodState[]> {
    const { items } = await this.json<{ items: PodJson[] }>("get", "pods", "-n", namespace, "-l", `app=${deployment}`);
    return items.map(({ metadata, status }) => ({
      name: metadata.name,
      isReady: status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false,
      isLeaving: metadata.deletionTimestamp !== undefined,
      restarts: (status.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0),
      isOutOfMemory:
        status.containerStatuses?.some(({ lastState }) => lastState?.terminated?.reason === "OOMKilled") ?? false,
      containerIds: new Map(
        status.containerStatuses?.map(({ name, containerID }) => [name, containerID?.split("//")[1] ?? ""]),
      ),
    }));
  }

  /** Opens a way to a Service, as `kubectl port-forward`. */
  async forward(namespace: string, service: string, port: number): Promise<PortForward> {
    const args = ["--context", this.#context, "port-forward", "-n", namespace, `svc/${service}`, `:${port}`];
    const child = spawn("kubectl", args, { stdio: ["ignore", "pipe", "inherit"] });
    try {
      const [line] = await within(once(createInterface(child.stdout), "line"), "kubectl port-forward");
      return new PortForward(child, Number(/127\.0\.0\.1:(\d+)/.exec(String(line))?.[1]));
    } catch (error) {
      child.kill();
      throw error;
    }
  }
}

/** A way to a Service that is open until it is disposed of. */
export class PortForward implements AsyncDisposable {
  readonly #child: ChildProcess;
  /** Of this machine. */
  readonly port: number;

  constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#child, "exit");
    this.#child.kill();
    await exited;
  }
}
