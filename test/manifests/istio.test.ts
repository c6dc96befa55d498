import { BOARD_COOKIE } from "@crosspod/protocol";
import { describe, expect, test } from "vitest";
import { API_PATH } from "../../apps/broadcaster/src/server/api/api.ts";
import { readManifests } from "../helpers/kubernetes/kustomize.ts";
import { findManifest, type Manifest } from "../helpers/kubernetes/manifests.ts";

const KUBERNETES = readManifests("k8s");
const ISTIO = readManifests("istio");

const servicePorts = new Map<string, number[]>(
  KUBERNETES.filter(({ kind }) => kind === "Service").map(({ metadata, spec }) => [
    `${metadata.name}.${metadata.namespace}.svc.cluster.local`,
    spec.ports.map(({ port }: { port: number }) => port),
  ]),
);

/** Of what must reach a pod once at most. */
const RETRIES = { attempts: 8, retryOn: "connect-failure,refused-stream", retryIgnorePreviousHosts: true };

/** Of what can be asked for twice: the sidecar of a process that has died answers 503. */
const RETRIES_OF_READS = { ...RETRIES, retryOn: `${RETRIES.retryOn},reset,503` };

describe.each([
  { name: "default/tornado", gateway: "tornado-gateway", port: 80, host: "*" },
  { name: "istio-wb-server/istio-wb-vs", gateway: "wb-gateway", port: 3000, host: "wb.example.com" },
])("$name", ({ name, gateway, port, host }) => {
  const { metadata, spec } = findManifest(ISTIO, "VirtualService", name);

  test("is bound to its gateway, on the tutorial's port and host", () => {
    expect(spec.gateways).toEqual([gateway]);
    expect(spec.hosts).toEqual([host]);
    const { selector, servers } = findManifest(ISTIO, "Gateway", `${metadata.namespace}/${gateway}`).spec;
    expect(selector).toEqual({ istio: "ingressgateway" });
    expect(servers).toMatchObject([{ port: { number: port, protocol: "HTTP" }, hosts: [host] }]);
  });

  test("leads to a port of a Service that exists", () => {
    for (const { route } of spec.http) {
      for (const { destination } of route) {
        expect(servicePorts.get(destination.host)).toContain(destination.port.number);
      }
    }
  });

  test("tries again on another pod, and cuts no long poll", () => {
    for (const route of spec.http) {
      expect(route.retries).toEqual(route === reads(spec) ? RETRIES_OF_READS : RETRIES);
      expect(route).not.toHaveProperty("timeout");
    }
  });
});

/** The route of what can be asked for twice. */
const reads = ({ http }: Manifest["spec"]) =>
  http.find(({ retries }: { retries: { retryOn: string } }) => retries.retryOn.includes("503"));

test("a publish is never tried again after a 503, and nothing that is sent by polling", () => {
  const [publish, rest] = findManifest(ISTIO, "VirtualService", "default/tornado").spec.http;
  expect(publish.match).toEqual([{ uri: { exact: API_PATH } }]);
  expect(publish.retries).toEqual(RETRIES);
  expect(rest.match).toEqual([{ uri: { prefix: "/" } }]);
  expect(reads(findManifest(ISTIO, "VirtualService", "istio-wb-server/istio-wb-vs").spec).match).toEqual([
    { port: 3000, method: { exact: "GET" } },
  ]);
});

test("with the board's cookie all people of a board meet on one pod, and who never loaded its page stays on one too", () => {
  const objects = readManifests("istio", "istio/components/board-cookie");
  const { trafficPolicy } = findManifest(objects, "DestinationRule", "istio-wb-server/wb-dr").spec;
  expect(trafficPolicy.loadBalancer.consistentHash).toEqual({
    httpCookie: { name: BOARD_COOKIE, path: "/", ttl: "0s" },
  });
  expect(trafficPolicy.outlierDetection).toBeDefined();
});

test("the ingress gateway's port 3000 has a Service of its own, which takes nothing along when it goes", () => {
  const { spec, metadata } = findManifest(ISTIO, "Service", "istio-system/wb-ingressgateway");
  expect(metadata.name).not.toBe("istio-ingressgateway");
  expect(spec.selector).toMatchObject({ istio: "ingressgateway" });
  expect(spec.ports).toMatchObject([{ port: 3000, targetPort: 3000 }]);
});

describe.each([
  {
    folder: "istio",
    gateways: {
      "default/tornado": "istio-system/sa/istio-ingressgateway-service-account",
      "istio-wb-server/wb": "istio-system/sa/istio-ingressgateway-service-account",
    },
  },
  {
    folder: "istio/gateway-api",
    gateways: {
      "default/tornado": "default/sa/tornado-gateway-istio",
      "istio-wb-server/wb": "istio-wb-server/sa/wb-gateway-istio",
    },
  },
])("$folder", ({ folder, gateways }) => {
  const objects = readManifests(folder);

  test("every pod takes only what is encrypted, from whom it may be, at the ports that it has", () => {
    for (const { metadata, spec } of KUBERNETES.filter(({ kind }) => kind === "Deployment")) {
      const name = `${metadata.namespace}/${metadata.name}`;
      const { labels } = spec.template.metadata;
      const ports = spec.template.spec.containers[0].ports.map(
        ({ containerPort }: { containerPort: number }) => containerPort,
      );
      const authentication = findManifest(objects, "PeerAuthentication", name).spec;
      expect(authentication.mtls).toEqual({ mode: "STRICT" });
      expect(labels).toMatchObject(authentication.selector.matchLabels);
      const authorization = findManifest(objects, "AuthorizationPolicy", name).spec;
      expect(authorization.action).toBe("ALLOW");
      expect(labels).toMatchObject(authorization.selector.matchLabels);
      for (const { to } of authorization.rules) expect(ports).toContain(Number(to[0].operation.ports[0]));
    }
  });

  test("only the gateway and the probe reach the public ports, they reach no other, and only its service and its successor reach a Redis", () => {
    for (const [name, port] of [
      ["default/tornado", 8888],
      ["istio-wb-server/wb", 3000],
    ] as const) {
      const users = [`cluster.local/ns/${gateways[name]}`, "cluster.local/ns/default/sa/crosspod-verify"];
      expect(findManifest(objects, "AuthorizationPolicy", name).spec.rules).toEqual([
        { from: [{ source: { principals: users } }], to: [{ operation: { ports: [`${port}`] } }] },
        { from: [{ source: { notPrincipals: users } }], to: [{ operation: { ports: [`${port + 1}`] } }] },
      ]);
      const [namespace, account] = name.split("/");
      const [rule] = findManifest(objects, "AuthorizationPolicy", `${namespace}/redis`).spec.rules;
      const peers = [account, "redis"].map((name) => `cluster.local/ns/${namespace}/sa/${name}`);
      expect(rule.from).toEqual([{ source: { principals: peers } }]);
      const accounts = KUBERNETES.filter(({ kind }) => kind === "ServiceAccount").map(({ metadata }) => metadata.name);
      expect(accounts).toEqual(expect.arrayContaining([account, "redis"]));
    }
  });

  test("long polling stays on one pod by a session cookie for the whole site", () => {
    const { host, trafficPolicy } = findManifest(objects, "DestinationRule", "istio-wb-server/wb-dr").spec;
    expect(trafficPolicy.loadBalancer).toEqual({
      consistentHash: { httpCookie: { name: "io", path: "/", ttl: "0s" } },
      localityLbSetting: { enabled: false },
    });
    expect(servicePorts.has(host)).toBe(true);
  });
});
