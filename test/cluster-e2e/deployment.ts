import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { relative } from "node:path";
import { commands, root, services } from "../../scripts/apps.mjs";
import { type CommandOutput, runCommand } from "./command.ts";
import type { Kubernetes, Workload } from "./kubernetes.ts";
import type { Settings } from "./settings.ts";

export const TORNADO: Workload = { namespace: "default", deployment: "tornado", container: "tornado" };
export const WB: Workload = { namespace: "istio-wb-server", deployment: "wb", container: "wb" };
export const REDIS_OF_TORNADO: Workload = { namespace: "default", deployment: "redis", container: "redis" };
export const REDIS_OF_WB: Workload = { namespace: "istio-wb-server", deployment: "redis", container: "redis" };
export const WORKLOADS: readonly Workload[] = [TORNADO, WB, REDIS_OF_TORNADO, REDIS_OF_WB];

export const INGRESS: Workload = {
  namespace: "istio-system",
  deployment: "istio-ingressgateway",
  container: "istio-proxy",
};

const APPS = [...services, ...commands];

type Folder = "k8s" | "istio";

const REDIS_IMAGE = "redis:7-bookworm";

/** Kinds of which `kubectl delete -k` must leave nothing behind. */
const KINDS = [
  ...["namespaces", "services", "deployments", "replicasets", "pods", "persistentvolumeclaims", "cronjobs", "jobs"],
  ...["configmaps", "serviceaccounts", "networkpolicies", "poddisruptionbudgets", "horizontalpodautoscalers"],
  ...["gateways.networking.istio.io", "virtualservices.networking.istio.io", "destinationrules.networking.istio.io"],
  ...["peerauthentications.security.istio.io", "authorizationpolicies.security.istio.io"],
  "envoyfilters.networking.istio.io",
];

interface ServiceJson {
  readonly spec: { readonly clusterIP: string; readonly ports: unknown; readonly selector: unknown };
  readonly status: { readonly loadBalancer?: { readonly ingress?: readonly { ip?: string; hostname?: string }[] } };
}

/** Brings the images and objects to a cluster, as docs/tutorials/kubernetes.md says, and takes them away. */
export class ClusterDeployment {
  #revision = "";
  readonly #kubernetes: Kubernetes;
  readonly #settings: Settings;

  constructor(kubernetes: Kubernetes, settings: Settings) {
    this.#kubernetes = kubernetes;
    this.#settings = settings;
  }

  /** Throws when there is something by the names of ours: it would be taken over, and deleted at the end. */
  async refuseToReplace(): Promise<void> {
    const names = new Set(await this.objects());
    const own = WORKLOADS.map(({ namespace, deployment }) => `Deployment ${namespace}/${deployment}`);
    const [taken] = own.filter((name) => names.has(name));
    if (taken) throw new Error(`there is a ${taken} already, which this suite would delete: take it away first`);
  }

  /** Builds the images, and brings them there. */
  async ship(): Promise<void> {
    const { load, registry } = this.#settings;
    this.#revision = (await runCommand("git", "rev-parse", "--short", "HEAD")).stdout.trim();
    const args = ["--build-arg", "VERSION=v1", "--build-arg", `REVISION=${this.#revision}`];
    for (const app of APPS) {
      await runCommand("docker", "build", "-f", `apps/${app}/Dockerfile`, "-t", `crosspod-${app}:v1`, ...args, ".");
      if (registry !== undefined) await this.#push(`crosspod-${app}`, registry);
    }
    const [command, ...words] = load?.split(/\s+/) ?? [];
    if (!command) return;
    await runCommand("docker", "image", "inspect", REDIS_IMAGE).catch(() => runCommand("docker", "pull", REDIS_IMAGE));
    await runCommand(command, ...words, ...APPS.map((app) => `crosspod-${app}:v1`), REDIS_IMAGE);
  }

  /** `kubectl apply -k` of k8s/, with the images of the registry if there is one, or of istio/ with its components. */
  async apply(folder: Folder): Promise<CommandOutput> {
    return this.#withOverlay(folder, (path) => this.#kubernetes.run("apply", "-k", path));
  }

  /** Resolves when all of it can be used. */
  async ready(): Promise<void> {
    await Promise.all(WORKLOADS.map((workload) => this.#kubernetes.rolledOut(workload)));
  }

  async delete(): Promise<void> {
    for (const folder of ["istio", "k8s"] as const) {
      const options = ["--ignore-not-found", "--timeout=180s"];
      await this.#withOverlay(folder, (path) => this.#kubernetes.run("delete", "-k", path, ...options));
    }
  }

  /**
   * The objects of the cluster that a deployment could leave behind or take along: by their names, except pods and
   * ReplicaSets, which come and go.
   */
  async objects(): Promise<string[]> {
    const { stdout } = await this.#kubernetes.run("get", KINDS.join(","), "-A", "-o", "json");
    const { items } = JSON.parse(stdout) as { items: { kind: string; metadata: Record<string, string> }[] };
    const names = items.map(({ kind, metadata }) =>
      kind === "Pod" || kind === "ReplicaSet"
        ? `${kind} in ${metadata.namespace}`
        : `${kind} ${metadata.namespace ?? ""}/${metadata.name}`,
    );
    return [...new Set(names)].sort();
  }

  /** What the ingress gateway's own Service is: nothing of ours may change it. */
  async ingressService(): Promise<unknown> {
    const { spec } = await this.#kubernetes.json<ServiceJson>(...serviceNamed("istio-ingressgateway"));
    return { ports: spec.ports, selector: spec.selector };
  }

  /** URLs of the broadcaster and of the whiteboard, from outside of the cluster. */
  async urls(): Promise<{ readonly broadcaster: string; readonly whiteboard: string }> {
    const { address, boardAddress } = this.#settings;
    return {
      broadcaster: `http://${address ?? (await this.#addressOf("istio-ingressgateway"))}/`,
      whiteboard: `http://${boardAddress ?? (await this.#addressOf("wb-ingressgateway"))}:3000/`,
    };
  }

  /** A tag of its own: nodes keep what they have of a tag that they know. */
  async #push(image: string, registry: string): Promise<void> {
    const pushed = `${registry}/${image}:${this.#revision}`;
    await runCommand("docker", "tag", `${image}:v1`, pushed);
    await runCommand("docker", "push", pushed);
  }

  /** Does something with a kustomization that says of a folder what these settings change. */
  async #withOverlay<T>(folder: Folder, use: (path: string) => Promise<T>): Promise<T> {
    const overlay = await mkdtemp(`${await realpath(tmpdir())}/crosspod-overlay-`);
    try {
      // JSON is YAML.
      await writeFile(`${overlay}/kustomization.yaml`, JSON.stringify(this.#overlayOf(folder, overlay)));
      return await use(overlay);
    } finally {
      await rm(overlay, { recursive: true });
    }
  }

  #overlayOf(folder: Folder, overlay: string): object {
    const { registry, components } = this.#settings;
    const path = (name: string): string => relative(overlay, `${root}/${name}`);
    const resources = [path(folder)];
    if (folder === "istio") return { resources, components: components.map(path) };
    if (registry === undefined) return { resources };
    const images = APPS.map((app) => `crosspod-${app}`);
    const renamed = images.map((name) => ({ name, newName: `${registry}/${name}`, newTag: this.#revision }));
    return { resources, images: renamed };
  }

  /** A Service that no load balancer took up can be reached from the cluster's nodes only. */
  async #addressOf(service: string): Promise<string> {
    const { spec, status } = await this.#kubernetes.json<ServiceJson>(...serviceNamed(service));
    const [outside] = status.loadBalancer?.ingress ?? [];
    return outside?.ip ?? outside?.hostname ?? spec.clusterIP;
  }
}

const serviceNamed = (name: string): string[] => ["get", "service", "-n", INGRESS.namespace, name];
