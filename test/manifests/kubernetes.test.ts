import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseConfig as parseBroadcasterConfig } from "../../apps/broadcaster/src/server/config.ts";
import { parseConfig as parseWhiteboardConfig } from "../../apps/whiteboard/src/server/config.ts";
import { root } from "../../scripts/apps.mjs";
import { readKustomization, readManifests } from "../helpers/kubernetes/kustomize.ts";
import { findManifest, matches, podTemplatesOf } from "../helpers/kubernetes/manifests.ts";

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
    const { values } = policy.ingress[0].from[0].podSelector.matchExpressions[0];
    expect(values).toEqual(expect.arrayContaining([deployment, redisPod.metadata.labels.app]));
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

describe.each(SERVICES)("Redis in $namespace", ({ namespace }) => {
  const { spec } = findManifest(MANIFESTS, "Deployment", `${namespace}/redis`);
  const pod = spec.template;
  const [container] = pod.spec.containers;
  const setting = (name: string): string => container.args[container.args.indexOf(name) + 1];

  test("keeps what it acknowledged, on a volume of its own", () => {
    expect([setting("--appendonly"), setting("--appendfsync"), setting("--maxmemory-policy")]).toEqual([
      "yes",
      "always",
      "noeviction",
    ]);
    const claim = pod.spec.volumes[0].persistentVolumeClaim.claimName;
    expect(findManifest(MANIFESTS, "PersistentVolumeClaim", `${namespace}/${claim}`).spec.accessModes).toEqual([
      "ReadWriteOnce",
    ]);
    expect(container.volumeMounts).toContainEqual({ name: pod.spec.volumes[0].name, mountPath: "/data" });
  });

  test("hands over to the next one on its node, by a script that is where its commands look for it", () => {
    expect(spec.replicas).toBe(1);
    expect(spec.strategy.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 });
    const [script] = readKustomization("k8s/redis").configMapGenerator ?? [];
    const [file = ""] = script?.files ?? [];
    const volume = pod.spec.volumes.find(
      ({ configMap }: { configMap?: { name: string } }) => configMap?.name === script?.name,
    );
    const { mountPath } = container.volumeMounts.find(({ name }: { name: string }) => name === volume.name);
    const commands = [container.lifecycle.preStop, container.startupProbe, container.readinessProbe].map(
      (p) => p.exec.command,
    );
    const path = `${mountPath}/${file}`;
    expect([...container.command, ...container.args.slice(0, 1)]).toEqual(["sh", path, "start"]);
    expect(commands).toEqual(["leave", "ready", "ready"].map((command) => ["sh", path, command]));
    const text = readFileSync(`${root}/k8s/redis/${file}`, "utf8");
    const longestHandover = Number(/^HANDOVER_SECONDS=(\d+)$/m.exec(text)?.[1]);
    expect(pod.spec.terminationGracePeriodSeconds).toBeGreaterThan(longestHandover + 15);
    const [near] = pod.spec.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution;
    expect(near.podAffinityTerm.topologyKey).toBe("kubernetes.io/hostname");
    expect(matches(pod.metadata.labels, near.podAffinityTerm.labelSelector.matchLabels)).toBe(true);
  });

  test("its pods are known by their addresses before they are ready, and have an account of their own", () => {
    const { spec: peers } = findManifest(MANIFESTS, "Service", `${namespace}/redis-pods`);
    expect(peers).toMatchObject({ clusterIP: "None", publishNotReadyAddresses: true });
    expect(peers.ports).toEqual(findManifest(MANIFESTS, "Service", `${namespace}/redis`).spec.ports);
    expect(matches(pod.metadata.labels, peers.selector)).toBe(true);
    expect(findManifest(MANIFESTS, "ServiceAccount", `${namespace}/${pod.spec.serviceAccountName}`)).toMatchObject({
      automountServiceAccountToken: false,
    });
  });
});
