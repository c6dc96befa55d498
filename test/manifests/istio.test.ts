import { describe, expect, test } from "vitest";
import { type Manifest, readManifests } from "../helpers/manifests.ts";

const KUBERNETES = readManifests("k8s");
const ISTIO = readManifests("istio");

/** One of Istio's objects, with its name as `NAMESPACE/NAME`; throws when it is not there. */
function find(kind: string, name: string): Manifest {
  const found = ISTIO.find(({ kind: k, metadata }) => k === kind && `${metadata.namespace}/${metadata.name}` === name);
  if (!found) throw new Error(`there is no ${kind} ${name}`);
  return found;
}

const servicePorts = new Map<string, number[]>(
  KUBERNETES.filter(({ kind }) => kind === "Service").map(({ metadata, spec }) => [
    `${metadata.name}.${metadata.namespace}.svc.cluster.local`,
    spec.ports.map(({ port }: { port: number }) => port),
  ]),
);

const RETRIES = { attempts: 8, retryOn: "connect-failure,refused-stream", retryIgnorePreviousHosts: true };

describe.each([
  { name: "default/tornado", gateway: "tornado-gateway", port: 80, host: "*" },
  { name: "istio-wb-server/istio-wb-vs", gateway: "wb-gateway", port: 3000, host: "wb.example.com" },
])("$name", ({ name, gateway, port, host }) => {
  const { metadata, spec } = find("VirtualService", name);

  test("is bound to its gateway, on the document's port and host", () => {
    expect(spec.gateways).toEqual([gateway]);
    expect(spec.hosts).toEqual([host]);
    const { selector, servers } = find("Gateway", `${metadata.namespace}/${gateway}`).spec;
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

  test("tries again only what has not reached a pod, on another pod, and cuts no long poll", () => {
    for (const route of spec.http) {
      expect(route.retries).toEqual(RETRIES);
      expect(route).not.toHaveProperty("timeout");
    }
  });
});

test("long polling stays on one pod by a session cookie for the whole site", () => {
  const { host, trafficPolicy } = find("DestinationRule", "istio-wb-server/wb-dr").spec;
  expect(trafficPolicy.loadBalancer).toEqual({ consistentHash: { httpCookie: { name: "io", path: "/", ttl: "0s" } } });
  expect(servicePorts.has(host)).toBe(true);
});

test("the ingress gateway's port 3000 has a Service of its own, which takes nothing along when it goes", () => {
  const { spec, metadata } = find("Service", "istio-system/wb-ingressgateway");
  expect(metadata.name).not.toBe("istio-ingressgateway");
  expect(spec.selector).toMatchObject({ istio: "ingressgateway" });
  expect(spec.ports).toMatchObject([{ port: 3000, targetPort: 3000 }]);
});

test("every pod takes only what is encrypted, from whom it may be, at the ports that it has", () => {
  for (const { metadata, spec } of KUBERNETES.filter(({ kind }) => kind === "Deployment")) {
    const name = `${metadata.namespace}/${metadata.name}`;
    const { labels } = spec.template.metadata;
    const ports = spec.template.spec.containers[0].ports.map(
      ({ containerPort }: { containerPort: number }) => containerPort,
    );
    const authentication = find("PeerAuthentication", name).spec;
    expect(authentication.mtls).toEqual({ mode: "STRICT" });
    expect(labels).toMatchObject(authentication.selector.matchLabels);
    const authorization = find("AuthorizationPolicy", name).spec;
    expect(authorization.action).toBe("ALLOW");
    expect(labels).toMatchObject(authorization.selector.matchLabels);
    for (const { to } of authorization.rules) expect(ports).toContain(Number(to[0].operation.ports[0]));
  }
});

test("only the ingress gateway reaches the public ports, it reaches no other, and only its services reach a Redis", () => {
  const gateway = "cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account";
  for (const [name, port] of [
    ["default/tornado", 8888],
    ["istio-wb-server/wb", 3000],
  ] as const) {
    expect(find("AuthorizationPolicy", name).spec.rules).toEqual([
      { from: [{ source: { principals: [gateway] } }], to: [{ operation: { ports: [`${port}`] } }] },
      { from: [{ source: { notPrincipals: [gateway] } }], to: [{ operation: { ports: [`${port + 1}`] } }] },
    ]);
    const [namespace, account] = name.split("/");
    const [rule] = find("AuthorizationPolicy", `${namespace}/redis`).spec.rules;
    expect(rule.from).toEqual([{ source: { principals: [`cluster.local/ns/${namespace}/sa/${account}`] } }]);
    const accounts = KUBERNETES.filter(({ kind }) => kind === "ServiceAccount").map(({ metadata }) => metadata.name);
    expect(accounts).toContain(account);
  }
});
