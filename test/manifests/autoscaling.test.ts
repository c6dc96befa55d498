import { describe, expect, test } from "vitest";
import { readComponent, readManifests } from "../helpers/kubernetes/kustomize.ts";
import { findManifest } from "../helpers/kubernetes/manifests.ts";

const COMPONENT = "k8s/components/autoscaling";
const KUBERNETES = readManifests("k8s");
const AUTOSCALERS = readComponent(COMPONENT);

/** CPU of a quantity such as `500m`, in cores. */
const cores = (quantity: string): number =>
  quantity.endsWith("m") ? Number(quantity.slice(0, -1)) / 1_000 : Number(quantity);

test("each service has an autoscaler", () => {
  const names = AUTOSCALERS.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);
  expect(names).toEqual(["HorizontalPodAutoscaler default/tornado", "HorizontalPodAutoscaler istio-wb-server/wb"]);
});

describe.each(AUTOSCALERS)("$metadata.name", ({ metadata, spec }) => {
  const target = findManifest(
    KUBERNETES,
    spec.scaleTargetRef.kind,
    `${metadata.namespace}/${spec.scaleTargetRef.name}`,
  );
  const [container] = target.spec.template.spec.containers;
  const [metric] = spec.metrics;

  test("has never fewer pods than the Deployment says", () => {
    expect(spec.scaleTargetRef.apiVersion).toBe(target.apiVersion);
    expect(spec.minReplicas).toBe(target.spec.replicas);
    expect(spec.maxReplicas).toBe(10);
  });

  test("goes by the CPU of the service's own container, below its limit", () => {
    expect(spec.metrics).toHaveLength(1);
    const { container: name, target: aim } = metric.containerResource;
    expect(name).toBe(container.name);
    expect(aim.type).toBe("AverageValue");
    expect(cores(aim.averageValue)).toBeGreaterThan(cores(container.resources.requests.cpu));
    expect(cores(aim.averageValue)).toBeLessThan(cores(container.resources.limits.cpu));
  });

  test("takes pods away seldom, and one at a time", () => {
    expect(spec.behavior.scaleDown).toEqual({
      stabilizationWindowSeconds: 300,
      policies: [{ type: "Pods", value: 1, periodSeconds: 60 }],
    });
  });
});

test("an apply leaves the number of pods to the autoscalers, and that of Redis as it is", () => {
  const deployments = readManifests("k8s", COMPONENT).filter(({ kind }) => kind === "Deployment");
  const autoscaled = deployments.filter(({ spec }) => spec.replicas === undefined);
  expect(autoscaled.map(({ metadata }) => metadata.name)).toEqual(AUTOSCALERS.map(({ metadata }) => metadata.name));
});
