import { describe, expect, test } from "vitest";
import { type Manifest, readManifests } from "../helpers/manifests.ts";

const MANIFESTS = readManifests("istio/gateway-api");
const SERVICES = readManifests("k8s").filter(({ kind }) => kind === "Service");

/** The only object of a kind in a namespace. */
function only(kind: string, namespace: string): Manifest {
  const [found, ...others] = MANIFESTS.filter((m) => m.kind === kind && m.metadata.namespace === namespace);
  if (!found || others.length > 0) throw new Error(`there is not one ${kind} in ${namespace}`);
  return found;
}

describe.each([
  { namespace: "default", name: "tornado-gateway", listener: { name: "http", port: 80, protocol: "HTTP" } },
  {
    namespace: "istio-wb-server",
    name: "wb-gateway",
    listener: { name: "wb", port: 3000, protocol: "HTTP", hostname: "wb.example.com" },
  },
])("the Gateway $name", ({ namespace, name, listener }) => {
  const gateway = only("Gateway", namespace);
  const route = only("HTTPRoute", namespace);

  test("is one of Istio's, with the document's name, port and host", () => {
    expect(gateway.metadata.name).toBe(name);
    expect(gateway.spec).toEqual({ gatewayClassName: "istio", listeners: [listener] });
  });

  test("has a route that is bound to its listener, for its host", () => {
    expect(route.spec.parentRefs).toEqual([{ name, sectionName: listener.name }]);
    expect(route.spec.hostnames).toEqual(listener.hostname ? [listener.hostname] : undefined);
  });

  test("leads every path to a port of a Service in its namespace, and cuts no long poll", () => {
    expect(route.spec.rules).toHaveLength(1);
    const [rule] = route.spec.rules;
    expect(Object.keys(rule)).toEqual(["backendRefs"]);
    for (const { name: service, port } of rule.backendRefs) {
      const found = SERVICES.find((s) => s.metadata.name === service && s.metadata.namespace === namespace);
      expect(found?.spec.ports).toContainEqual(expect.objectContaining({ port }));
    }
  });
});

test("nothing of Istio's own ways in is there with it", () => {
  const kinds = new Set(MANIFESTS.map(({ apiVersion, kind }) => `${apiVersion.split("/")[0]} ${kind}`));
  expect([...kinds].sort()).toEqual([
    "gateway.networking.k8s.io Gateway",
    "gateway.networking.k8s.io HTTPRoute",
    "networking.istio.io DestinationRule",
    "security.istio.io AuthorizationPolicy",
    "security.istio.io PeerAuthentication",
  ]);
});
