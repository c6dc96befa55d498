import { mkdtemp, rm, writeFile } from "node:fs/promises";
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

const REDIS_IMAGE = "redis:7-bookworm";

/** Kinds of which `kubectl delete -k` must leave nothing behind. */
const KINDS = [
  ...["namespaces", "services", "deployments", "replicasets", "pods", "persistentvolumeclaims", "cronjobs", "jobs"],
  ...["serviceaccounts", "networkpolicies", "poddisruptionbudgets", "horizontalpodautoscalers"],
  ...["gateways.networking.istio.io", "virtualservices.networking.istio.io", "destinationrules.networking.istio.io"],
  ...["peerauthentications.security.istio.io", "authorizationpolicies.security.istio.io"],
];

interface ServiceJson {
  readonly spec: { readonly clusterIP: string; readonly ports: unknown; readonly selector: unknown };
  readonly status: { readonly loadBalancer?: { readonly ingress?: readonly { ip?: string; hostname?: string }[] } };
}

/** Brings the repository's images and objects to a cluster, as the README says, and takes them away. */
export class ClusterDeployment {
  readonly #kubernetes: Kubernetes;
  readonly #settings: Settings;

  constructor(kubernetes: Kubernetes, settings: Settings) {
    this.#kubernetes = kubernetes;
    this.#settings = settings;
  }

  /** Builds the images, and brings them there. */
  async ship(): Promise<void> {
    const { load, registry } = this.#settings;
    const revision = (await runCommand("git", "rev-parse", "--short", "HEAD")).stdout.trim();
    const images = [...services, ...commands].map((app) => ({ app, image: `crosspod-${app}:v1` }));
    for (const { app, image } of images) {
      const args = ["--build-arg", "VERSION=v1", "--build-arg", `REVISION=${revision}`];
      await runCommand("docker", "build", "-f", `apps/${app}/Dockerfile`, "-t", image, ...args, ".");
      if (registry === undefined) continue;
      await runCommand("docker", "tag", image, `${registry}/${image}`);
      await runCommand("docker", "push", `${registry}/${image}`);
    }
    const [command, ...args] = load?.split(/\s+/) ?? [];
    if (command) await runCommand(command, ...args, ...images.map(({ image }) => image), REDIS_IMAGE);
  }

  /** `kubectl apply -k`, of k8s/ with the images of the registry, if there is one. */
  async apply(folder: "k8s" | "istio"): Promise<CommandOutput> {
    const { registry } = this.#settings;
    if (folder === "istio" || registry === undefined) return this.#kubernetes.run("apply", "-k", folder);
    const overlay = await mkdtemp(`${root}/node_modules/.cache/crosspod-overlay-`);
    try {
      const images = [...services, ...commands].map((app) => ({
        name: `crosspod-${app}`,
        newName: `${registry}/crosspod-${app}`,
      }));
      // JSON is YAML.
      const kustomization = { resources: [relative(overlay, `${root}/${folder}`)], images };
      await writeFile(`${overlay}/kustomization.yaml`, JSON.stringify(kustomization));
      return await this.#kubernetes.run("apply", "-k", overlay);
    } finally {
      await rm(overlay, { recursive: true });
    }
  }

  /** Resolves when all of it can be used. */
  async ready(): Promise<void> {
    await Promise.all(WORKLOADS.map((workload) => this.#kubernetes.rolledOut(workload)));
  }

  async delete(): Promise<void> {
    for (const folder of ["istio", "k8s"]) {
      await this.#kubernetes.run("delete", "-k", folder, "--ignore-not-found", "--timeout=180s");
    }
  }

  /** The objects of the cluster that a deployment could leave behind or take along: by their names, except pods and ReplicaSets, which come and go. */
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

  /** A Service that no load balancer took up can be reached from the cluster's nodes only. */
  async #addressOf(service: string): Promise<string> {
    const { spec, status } = await this.#kubernetes.json<ServiceJson>(...serviceNamed(service));
    const [outside] = status.loadBalancer?.ingress ?? [];
    return outside?.ip ?? outside?.hostname ?? spec.clusterIP;
  }
}

const serviceNamed = (name: string): string[] => ["get", "service", "-n", INGRESS.namespace, name];
