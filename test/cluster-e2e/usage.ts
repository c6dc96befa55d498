import type { Kubernetes, Workload } from "./kubernetes.ts";

/** metrics-server measures this often. */
const SAMPLE_MS = 15_000;

/** The most that any container of a name took. */
export interface Peak {
  /** Namespace, pod's app and container. */
  readonly container: string;
  readonly millicores: number;
  readonly mebibytes: number;
}

interface PodMetricsJson {
  readonly metadata: { readonly labels: { readonly app?: string } };
  readonly containers: readonly { readonly name: string; readonly usage: Readonly<Record<"cpu" | "memory", string>> }[];
}

/** Watches what containers take, until it is disposed of. */
export class Usage implements Disposable {
  readonly #peaks = new Map<string, Peak>();
  readonly #kubernetes: Kubernetes;
  readonly #namespaces: readonly string[];
  readonly #timer: NodeJS.Timeout;
  /** Why nothing is known: a cluster can be without metrics-server. */
  problem: string | undefined;

  constructor(kubernetes: Kubernetes, workloads: readonly Workload[]) {
    this.#kubernetes = kubernetes;
    this.#namespaces = [...new Set(workloads.map(({ namespace }) => namespace))];
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
  }

  get peaks(): Peak[] {
    return [...this.#peaks.values()].sort((a, b) => a.container.localeCompare(b.container));
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  async #sample(): Promise<void> {
    try {
      for (const namespace of this.#namespaces) await this.#sampleNamespace(namespace);
    } catch (error) {
      this.problem = String(error);
    }
  }

  async #sampleNamespace(namespace: string): Promise<void> {
    const { stdout } = await this.#kubernetes.run(
      ...["get", "--raw", `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`],
    );
    const { items } = JSON.parse(stdout) as { items: PodMetricsJson[] };
    for (const { metadata, containers } of items) {
      for (const { name, usage } of containers) {
        const container = `${namespace} ${metadata.labels.app} ${name}`;
        const peak = this.#peaks.get(container);
        this.#peaks.set(container, {
          container,
          millicores: Math.max(peak?.millicores ?? 0, 1_000 * quantity(usage.cpu)),
          mebibytes: Math.max(peak?.mebibytes ?? 0, quantity(usage.memory) / 1_024 ** 2),
        });
      }
    }
  }
}

const UNITS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  Ki: 1_024,
  Mi: 1_024 ** 2,
  Gi: 1_024 ** 3,
};

/** A quantity of Kubernetes, such as `250m` or `100Mi`, as a number. */
function quantity(text: string): number {
  const [, number, unit = ""] = /^(\d+)(\D*)$/.exec(text) ?? [];
  return Number(number) * (UNITS[unit] ?? 1);
}
