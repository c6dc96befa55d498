import { expect, test } from "vitest";
import { parseCommandLine } from "../../apps/probe/src/command-line.ts";
import { readManifests } from "../helpers/kubernetes/kustomize.ts";
import { findManifest, matches } from "../helpers/kubernetes/manifests.ts";

const KUBERNETES = readManifests("k8s");
const { spec } = findManifest(KUBERNETES, "CronJob", "default/crosspod-verify");
const job = spec.jobTemplate.spec;
const pod = job.template.spec;
const { labels, annotations } = job.template.metadata;

const TARGETS = [
  { service: "default/tornado", policy: "default/tornado" },
  { service: "istio-wb-server/wb-svc", policy: "istio-wb-server/wb" },
];

test("the check runs when it is asked to, once, and is gone after a while", () => {
  expect(spec.suspend).toBe(true);
  expect(job).toMatchObject({ backoffLimit: 0, ttlSecondsAfterFinished: expect.any(Number) });
  expect(job.activeDeadlineSeconds).toBeGreaterThan(60);
  expect(pod.restartPolicy).toBe("Never");
});

test("its command is one that the probe takes, and its URLs are the Services'", () => {
  const [{ args }] = pod.containers;
  const unexpected = (text: string): never => expect.unreachable(text);
  const command = parseCommandLine(args, { line: unexpected, error: unexpected });
  if (command.command !== "verify") throw new Error(`the command is ${command.command}`);
  const urls = TARGETS.map(({ service }) => {
    const { metadata, spec } = findManifest(KUBERNETES, "Service", service);
    return `http://${metadata.name}.${metadata.namespace}:${spec.ports[0].port}/`;
  });
  expect(command.targets.map(({ url }) => url.href)).toEqual(urls);
});

test("in the mesh it has a sidecar that ends with it, and its account is one that both services let in", () => {
  expect(labels).toMatchObject({ "sidecar.istio.io/inject": "true" });
  expect(annotations).toMatchObject({ "sidecar.istio.io/nativeSidecar": "true" });
  const account = findManifest(KUBERNETES, "ServiceAccount", `default/${pod.serviceAccountName}`).metadata;
  const istio = readManifests("istio");
  for (const { service, policy } of TARGETS) {
    const [{ port }] = findManifest(KUBERNETES, "Service", service).spec.ports;
    const [rule] = findManifest(istio, "AuthorizationPolicy", policy).spec.rules;
    expect(rule.to).toEqual([{ operation: { ports: [`${port}`] } }]);
    expect(rule.from[0].source.principals).toContain(`cluster.local/ns/${account.namespace}/sa/${account.name}`);
  }
});

test("nobody reaches it", () => {
  const policy = findManifest(KUBERNETES, "NetworkPolicy", "default/crosspod-verify").spec;
  expect(matches(labels, policy.podSelector.matchLabels)).toBe(true);
  expect(policy).toEqual({ podSelector: policy.podSelector, policyTypes: ["Ingress"] });
});

test("no Service and no other policy takes its pod for a service's", () => {
  const selectors = KUBERNETES.filter(({ kind }) => kind === "Service").map(({ spec }) => spec.selector);
  expect(selectors.filter((selector) => matches(labels, selector))).toEqual([]);
});
