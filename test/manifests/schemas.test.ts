import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { root } from "../../scripts/apps.mjs";
import { type Manifest, readManifests } from "../helpers/manifests.ts";

/** What is applied together. */
const VARIANTS = [
  [...readManifests("k8s"), ...readManifests("istio", "istio/components/board-cookie")],
  [...readManifests("k8s"), ...readManifests("istio/gateway-api")],
] as const;

const MANIFESTS = VARIANTS.flat();

/** Where the published types of an API are. Istio's `v1` has the fields of its `v1beta1`, of which all types are published. */
function typesOf(apiVersion: string): string {
  const [group = "", version] = apiVersion.split("/");
  if (group === "gateway.networking.k8s.io") return `@kubernetes-models/gateway-api/${apiVersion}`;
  return group.endsWith(".istio.io") && version
    ? `@kubernetes-models/istio/${group}/v1beta1`
    : `kubernetes-models/${apiVersion}`;
}

/** Newer than the published types; the server takes it. */
const NEWER_FIELDS: ReadonlySet<string> = new Set(["retryIgnorePreviousHosts"]);

/** A program whose types are right if the objects have no field that their kind does not have, and no value that the field does not take. */
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

test("every object is what the published types of Kubernetes, Istio and the Gateway API say", () => {
  expect(MANIFESTS.length).toBeGreaterThan(20);
  expect(mistakesIn(programOf(MANIFESTS))).toBe("");
}, 60_000);

test("a field that does not exist is found", () => {
  const service = { apiVersion: "v1", kind: "Service", metadata: { name: "x" }, spec: { prots: [] } };
  expect(mistakesIn(programOf([service]))).toContain("prots");
}, 60_000);

test.each(VARIANTS)("no object is there twice", (...manifests) => {
  const names = manifests.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`);
  expect(new Set(names).size).toBe(names.length);
});
