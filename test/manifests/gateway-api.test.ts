import { describe, expect, test } from "vitest";
import { readManifests } from "../helpers/kubernetes/kustomize.ts";
import { findManifest } from "../helpers/kubernetes/manifests.ts";

const MANIFESTS = readManifests("istio/gateway-api");
const KUBERNETES = readManifests("k8s");

describe.each([
  {
    namespace: "default",
    name: "tornado-gateway",
    routeName: "tornado",
    listener: { name: "http", port: 80, protocol: "HTTP" },
  },
  {
    namespace: "istio-wb-server",
    name: "wb-gateway",
    routeName: "wb",
    listener: { name: "wb", port: 3000, protocol: "HTTP", hostname: "wb.example.com" },
  },
])("the Gateway $name", ({ namespace, name, routeName, listener }) => {
  const gateway = findManifest(MANIFESTS, "Gateway", `${namespace}/${name}`);
  const route = findManifest(MANIFESTS, "HTTPRoute", `${namespace}/${routeName}`);

  test("is one of Istio's, with the tutorial's name, port and host", () => {
    expect(gateway.spec).toMatchObject({ gatewayClassName: "istio", listeners: [listener] });
  });

  test("has a route that is bound to its listener, for its host", () => {
    expect(route.spec.parentRefs).toMatchObject([{ kind: "Gateway", name, sectionName: listener.name }]);
    expect(route.spec.hostnames).toEqual(listener.hostname ? [listener.hostname] : undefined);
  });

  test("leads every path to a port of a Service in its namespace, and cuts no long poll", () => {
    expect(route.spec.rules).toHaveLength(1);
    const [rule] = route.spec.rules;
    expect(Object.keys(rule)).toEqual(["matches", "backendRefs"]);
    expect(rule.matches).toEqual([{ path: { type: "PathPrefix", value: "/" } }]);
    for (const { name: service, port } of rule.backendRefs) {
      const { ports } = findManifest(KUBERNETES, "Service", `${namespace}/${service}`).spec;
      expect(ports).toContainEqual(expect.objectContaining({ port }));
    }
  });
});

test("nothing of Istio's own ways in is there with it, and one way leads to each service", () => {
  const kinds = MANIFESTS.map(({ apiVersion, kind }) => `${apiVersion.split("/")[0]} ${kind}`);
  expect([...new Set(kinds)].sort()).toEqual([
    "gateway.networking.k8s.io Gateway",
    "gateway.networking.k8s.io HTTPRoute",
    "networking.istio.io DestinationRule",
    "security.istio.io AuthorizationPolicy",
    "security.istio.io PeerAuthentication",
  ]);
  for (const way of ["Gateway", "HTTPRoute"]) expect(MANIFESTS.filter(({ kind }) => kind === way)).toHaveLength(2);
});
