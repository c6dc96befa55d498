import { describe, expect, test } from "vitest";
import { parseConfig as parseBroadcasterConfig } from "../../apps/broadcaster/src/server/config.ts";
import { parseConfig as parseWhiteboardConfig } from "../../apps/whiteboard/src/server/config.ts";
import { readManifests } from "../helpers/kustomize.ts";
import { findManifest, matches, podTemplatesOf } from "../helpers/manifests.ts";

const MANIFESTS = readManifests("k8s");

const SERVICES = [
  { namespace: "default", service: "tornado", deployment: "tornado", port: 8888, replicas: 2 },
  { namespace: "istio-wb-server", service: "wb-svc", deployment: "wb", port: 3000, replicas: 3 },
] as const;

describe.each(SERVICES)("$deployment in $namespace", ({ namespace, service, deployment, port, replicas }) => {
  const { spec } = findManifest(MANIFESTS, "Deployment", `${namespace}/${deployment}`);
  const pod = spec.template;
  const [container] = pod.spec.containers;

  test("has the tutorial's names, labels and replicas", () => {
    expect(pod.metadata.labels).toMatchObject({ app: deployment, version: "v1" });
    expect(container.name).toBe(deployment);
    expect(container.imagePullPolicy).toBe("IfNotPresent");
    expect(spec.replicas).toBe(replicas);
  });

  test("its Service selects its pods, and leads to the service's port and no other", () => {
    const { ports, selector } = findManifest(MANIFESTS, "Service", `${namespace}/${service}`).spec;
    expect(matches(pod.metadata.labels, selector)).toBe(true);
    expect(ports).toEqual([{ name: "http", port, targetPort: "http" }]);
    expect(container.ports).toContainEqual({ name: "http", containerPort: port });
  });

  test("its selector, its budget and its policy select its pods", () => {
    expect(matches(pod.metadata.labels, spec.selector.matchLabels)).toBe(true);
    const budget = findManifest(MANIFESTS, "PodDisruptionBudget", `${namespace}/${deployment}`).spec;
    expect(matches(pod.metadata.labels, budget.selector.matchLabels)).toBe(true);
    const policy = findManifest(MANIFESTS, "NetworkPolicy", `${namespace}/${deployment}`).spec;
    expect(matches(pod.metadata.labels, policy.podSelector.matchLabels)).toBe(true);
    const [zones] = pod.spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution;
    for (const { labelSelector } of [...pod.spec.topologySpreadConstraints, zones.podAffinityTerm]) {
      expect(matches(pod.metadata.labels, labelSelector.matchLabels)).toBe(true);
    }
  });

  test("its probes ask the admin port", () => {
    const probed = [container.startupProbe, container.readinessProbe, container.livenessProbe].map((p) => p.httpGet);
    expect(probed.map(({ path }) => path)).toEqual(["/healthz", "/readyz", "/healthz"]);
    expect(new Set(probed.map(({ port: name }) => name))).toEqual(new Set(["admin"]));
    expect(container.ports).toContainEqual({ name: "admin", containerPort: port + 1 });
  });

  test("its configuration is one that the service takes, and its time to leave is enough", () => {
    const environment: Record<string, string> = Object.fromEntries(
      container.env.map(({ name, value }: { name: string; value?: string }) => [name, value ?? "from-the-pod"]),
    );
    const parse = deployment === "tornado" ? parseBroadcasterConfig : parseWhiteboardConfig;
    const { port: configured, drainSeconds, unreadySeconds } = parse(environment);
    expect(configured).toBe(port);
    const pause = container.lifecycle.preStop.sleep.seconds;
    expect(pod.spec.terminationGracePeriodSeconds).toBeGreaterThan(pause + unreadySeconds + drainSeconds + 5);
    expect(pod.metadata.annotations["proxy.istio.io/config"]).toContain("EXIT_ON_ZERO_ACTIVE_CONNECTIONS");
  });

  test("it never has fewer pods than it should while it is rolled out", () => {
    expect(spec.strategy.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 });
  });

  test("its Redis is in its namespace, and lets it in", () => {
    const url = container.env.find(({ name }: { name: string }) => name === "REDIS_URL").value;
    const redis = findManifest(MANIFESTS, "Service", `${namespace}/redis`).spec;
    expect(new URL(url).hostname).toBe("redis");
    expect(redis.ports).toEqual([{ name: "tcp-redis", port: Number(new URL(url).port), targetPort: "tcp-redis" }]);
    const redisPod = findManifest(MANIFESTS, "Deployment", `${namespace}/redis`).spec.template;
    expect(matches(redisPod.metadata.labels, redis.selector)).toBe(true);
    const policy = findManifest(MANIFESTS, "NetworkPolicy", `${namespace}/redis`).spec;
    expect(policy.ingress[0].from[0].podSelector.matchExpressions[0].values).toContain(deployment);
  });
});

test("every pod holds to the restricted Pod Security standard, and gets no token", () => {
  const templates = podTemplatesOf(MANIFESTS);
  expect(templates).toHaveLength(5);
  for (const { spec: pod } of templates) {
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
    for (const container of pod.containers) {
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
      expect(container.image).toMatch(/:.+$/);
      expect(container.resources).toMatchObject({ requests: expect.anything(), limits: expect.anything() });
    }
  }
});

test("Redis keeps what it acknowledged, on a volume of its own", () => {
  for (const { namespace } of SERVICES) {
    const { spec } = findManifest(MANIFESTS, "Deployment", `${namespace}/redis`);
    const [container] = spec.template.spec.containers;
    const setting = (name: string): string => container.args[container.args.indexOf(name) + 1];
    expect([setting("--appendonly"), setting("--appendfsync"), setting("--maxmemory-policy")]).toEqual([
      "yes",
      "always",
      "noeviction",
    ]);
    const claim = spec.template.spec.volumes[0].persistentVolumeClaim.claimName;
    expect(findManifest(MANIFESTS, "PersistentVolumeClaim", `${namespace}/${claim}`).spec.accessModes).toEqual([
      "ReadWriteOnce",
    ]);
    expect(setting("--dir")).toBe(container.volumeMounts[0].mountPath);
    expect(spec.strategy).toEqual({ type: "Recreate" });
  }
});
