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
  /** Of each container, by its name, without the runtime's prefix. */
  readonly containerIds: ReadonlyMap<string, string>;
}

/** How long a rollout may take. */
const ROLLOUT_SECONDS = 180;

interface PodJson {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly containerID?: string;
      readonly restartCount: number;
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

  /** All pods of a workload, those that are leaving too. */
  async pods({ namespace, deployment }: Workload): Promise<PodState[]> {
    const { items } = await this.json<{ items: PodJson[] }>("get", "pods", "-n", namespace, "-l", `app=${deployment}`);
    return items.map(({ metadata, status }) => ({
      name: metadata.name,
      isReady: status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false,
      isLeaving: metadata.deletionTimestamp !== undefined,
      restarts: (status.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0),
      containerIds: new Map(
        status.containerStatuses?.map(({ name, containerID }) => [name, containerID?.split("//")[1] ?? ""]),
      ),
    }));
  }

  /** Opens a way to a Service, as `kubectl port-forward`. */
  async forward(namespace: string, service: string, port: number): Promise<PortForward> {
    const args = ["--context", this.#context, "port-forward", "-n", namespace, `svc/${service}`, `:${port}`];
    const child = spawn("kubectl", args, { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = await within(once(createInterface(child.stdout), "line"), "kubectl port-forward");
    return new PortForward(child, Number(/127\.0\.0\.1:(\d+)/.exec(String(line))?.[1]));
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
