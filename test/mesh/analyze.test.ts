import { readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, normalize, relative } from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { root } from "../../scripts/apps.mjs";
import { type Kustomization, readKustomization } from "../helpers/kubernetes/kustomize.ts";
import { runMesh } from "./mesh-program.ts";

const FILE = "kustomization.yaml";

/** What kustomize can render, by its folder in the repository. */
const kustomizations = new Map<string, Kustomization>(
  ["k8s", "istio"]
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)),
    )
    .filter((path) => path.endsWith(`/${FILE}`))
    .map((path) => [dirname(path), readKustomization(dirname(path))]),
);

const foldersOf = (kind: Kustomization["kind"]) =>
  [...kustomizations].filter(([, { kind: each }]) => each === kind).map(([folder]) => folder);

/** Folders that are a part of another one. */
const parts = new Set(
  [...kustomizations].flatMap(([folder, { resources = [] }]) => resources.map((path) => normalize(join(folder, path)))),
);

/** What one applies after k8s/: istio/, and what may stand in its place. */
const alternatives = foldersOf("Kustomization").filter((folder) => folder !== "k8s" && !parts.has(folder));

test.each(alternatives)("istioctl analyze finds nothing in k8s/ with %s/", async (folder) => {
  await runMesh("analyze", "k8s", folder);
});

/** Writes an overlay of one's own that uses a component, as one does who wants it. */
async function overlayOf(component: string, folder: string): Promise<void> {
  const from = (path: string) => relative(folder, join(root, path));
  const overlay = { resources: ["k8s", "istio"].map(from), components: [from(component)] };
  await writeFile(join(folder, FILE), stringify(overlay));
}

/** What `istioctl analyze` says of k8s/ and istio/ with a component. */
async function findingsWith(component: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "crosspod-overlay-"));
  try {
    await overlayOf(component, folder);
    await runMesh("analyze", folder);
    return [];
  } catch (error) {
    return String(error).match(/^(?:Warning|Error) \[.*$/gm) ?? [String(error)];
  } finally {
    await rm(folder, { recursive: true });
  }
}

test.each(foldersOf("Component"))(
  "istioctl analyze finds nothing in k8s/ and istio/ with the component %s/, but that there are Envoy's filters",
  async (component) => {
    const findings = await findingsWith(component);
    expect(findings.filter((line) => !line.includes("EnvoyFilter exposes internal implementation details"))).toEqual(
      [],
    );
  },
);
