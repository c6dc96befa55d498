import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { root } from "../../scripts/apps.mjs";
import { readManifests } from "../helpers/kubernetes/kustomize.ts";
import type { Manifest } from "../helpers/kubernetes/manifests.ts";

/** What is applied together. */
const VARIANTS = [
  [
    ...readManifests("k8s", "k8s/components/autoscaling", "k8s/components/monitoring"),
    ...readManifests("istio", "istio/components/board-cookie", "istio/components/prompt-close"),
  ],
  [...readManifests("k8s"), ...readManifests("istio/gateway-api")],
] as const;

const MANIFESTS = VARIANTS.flat();

const DASHBOARD = readFileSync(`${root}/k8s/components/monitoring/crosspod.json`, "utf8");

/** Where the published types of an API are. Istio's `v1` has the fields of its `v1beta1`, which has all of them. */
function typesOf(apiVersion: string): string {
  const [group = "", version] = apiVersion.split("/");
  if (group === "monitoring.coreos.com") return `@kubernetes-models/prometheus-operator/${apiVersion}`;
  if (group === "gateway.networking.k8s.io") return `@kubernetes-models/gateway-api/${apiVersion}`;
  return group.endsWith(".istio.io") && version
    ? `@kubernetes-models/istio/${group}/${version === "v1" ? "v1beta1" : version}`
    : `kubernetes-models/${apiVersion}`;
}

/** Newer than the published types; the server takes it. */
const NEWER_FIELDS: ReadonlySet<string> = new Set(["retryIgnorePreviousHosts"]);

/** A program that compiles if the objects have no field, and no value, that their kind does not take. */
function programOf(manifests: readonly Manifest[]): string {
  const lines = manifests.map((manifest, index) => {
    const types = typesOf(manifest.apiVersion);
    const object = {
      ...manifest,
      ...(types.includes("models/istio") && { apiVersion: types.split("/").slice(-2).join("/") }),
    };
    return [
      `import type { I${manifest.kind} as T${index} } from "${types}";`,
      `export const object${index}: T${index} = ${JSON.stringify(object, withoutNewer)};`,
    ].join("\n");
  });
  return lines.join("\n");
}

/** The same for a dashboard of Grafana. JSON has the words of an enumeration, not its members. */
const dashboardProgramOf = (dashboard: string): string => `
  import type { Dashboard } from "@grafana/schema";
  type Written<T> = T extends string ? T | \`\${T}\` : T extends object ? { [K in keyof T]: Written<T[K]> } : T;
  export const dashboard: Written<Dashboard> = ${dashboard};
`;

const COMPILER_OPTIONS = {
  noEmit: true,
  strict: true,
  skipLibCheck: true,
  module: "nodenext",
  target: "es2022",
  types: [],
};

const withoutNewer = (field: string, value: unknown): unknown => (NEWER_FIELDS.has(field) ? undefined : value);

/** What the compiler says is wrong with a program. */
function mistakesIn(program: string): string {
  const cache = `${root}/node_modules/.cache`;
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(`${cache}/crosspod-manifests-`);
  try {
    writeFileSync(`${folder}/objects.ts`, program);
    writeFileSync(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions: COMPILER_OPTIONS }));
    return spawnSync(`${root}/node_modules/.bin/tsc`, ["-p", folder], { encoding: "utf8" }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("every object is what the published types of Kubernetes, Istio, the Gateway API and the Prometheus Operator say", () => {
  expect(MANIFESTS.length).toBeGreaterThan(20);
  expect(mistakesIn(programOf(MANIFESTS))).toBe("");
});

test("the dashboard is what the published types of Grafana say", () => {
  expect(mistakesIn(dashboardProgramOf(DASHBOARD))).toBe("");
  expect(mistakesIn(dashboardProgramOf(DASHBOARD.replace('"gridPos"', '"gridPso"')))).toContain("gridPso");
  expect(mistakesIn(dashboardProgramOf(DASHBOARD.replace('"absolute"', '"absolut"')))).toContain("absolut");
});

test("a field that does not exist is found", () => {
  const service = { apiVersion: "v1", kind: "Service", metadata: { name: "x" }, spec: { prots: [] } };
  expect(mistakesIn(programOf([service]))).toContain("prots");
});

test.each(VARIANTS)("no object is there twice", (...manifests) => {
  const names = manifests.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`);
  expect(new Set(names).size).toBe(names.length);
});
