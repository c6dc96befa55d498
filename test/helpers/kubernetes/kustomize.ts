import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { root } from "../../../scripts/apps.mjs";
import type { Manifest } from "./manifests.ts";

/** What a kustomization.yaml says, or that of a component. */
export interface Kustomization {
  readonly kind: "Kustomization" | "Component";
  readonly namespace?: string;
  readonly resources?: readonly string[];
  readonly patches?: readonly Patch[];
  readonly images?: readonly { readonly name: string; readonly newName: string; readonly newTag: string }[];
  readonly configMapGenerator?: readonly { readonly name: string; readonly files: readonly string[] }[];
}

/** Operations of RFC 6902, as YAML in `patch`, on the objects that `target` names, by a pattern if in parentheses. */
export interface Patch {
  readonly target: { readonly kind: string; readonly name: string; readonly namespace?: string };
  readonly patch: string;
}

interface Operation {
  readonly op: "replace" | "remove";
  readonly path: string;
  readonly value?: unknown;
}

/** Kinds that are in no namespace. */
const CLUSTER_WIDE: ReadonlySet<string> = new Set(["Namespace"]);

/** Reads the kustomization.yaml of a folder of the repository. */
export const readKustomization = (folder: string): Kustomization => kustomizationOf(join(root, folder));

/**
 * Reads the objects of a folder as `kubectl apply -k` sees them, as far as namespaces, patches and components go.
 * `kubectl kustomize` does not read them, since `npm test` must run where there is only Node.
 */
export function readManifests(folder: string, ...components: readonly string[]): Manifest[] {
  const objects = objectsOf(join(root, folder));
  return components.reduce((all, component) => withComponent(all, join(root, component)), objects);
}

/** Reads the objects that a component of the repository adds. */
export const readComponent = (folder: string): Manifest[] => resourcesOf(join(root, folder));

const kustomizationOf = (folder: string): Kustomization =>
  documentsOf(join(folder, "kustomization.yaml"))[0] as unknown as Kustomization;

function objectsOf(folder: string): Manifest[] {
  const { namespace, patches = [] } = kustomizationOf(folder);
  const objects = resourcesOf(folder);
  applyPatches(objects, patches);
  if (!namespace) return objects;
  return objects.map((object) =>
    CLUSTER_WIDE.has(object.kind) ? object : { ...object, metadata: { ...object.metadata, namespace } },
  );
}

function resourcesOf(folder: string): Manifest[] {
  return (kustomizationOf(folder).resources ?? []).flatMap((resource) => {
    const path = join(folder, resource);
    if (!existsSync(path)) throw new Error(`${folder} names ${resource}, which is not there`);
    return statSync(path).isDirectory() ? objectsOf(path) : documentsOf(path);
  });
}

function withComponent(objects: readonly Manifest[], folder: string): Manifest[] {
  const all = [...objects, ...resourcesOf(folder)];
  applyPatches(all, kustomizationOf(folder).patches ?? []);
  return all;
}

/** Changes the objects. Throws where a patch has no target, or its target no such field. */
function applyPatches(objects: readonly Manifest[], patches: readonly Patch[]): void {
  for (const { target, patch } of patches) {
    const found = objects.filter((object) => isTarget(object, target));
    if (found.length === 0) throw new Error(`there is no ${target.kind} ${target.name} to be patched`);
    for (const object of found) for (const operation of parse(patch) as Operation[]) patchField(object, operation);
  }
}

const isTarget = ({ kind, metadata }: Manifest, { kind: k, name, namespace }: Patch["target"]): boolean =>
  kind === k && new RegExp(`^${name}$`).test(metadata.name) && (namespace ?? metadata.namespace) === metadata.namespace;

function patchField(object: Manifest, { op, path, value }: Operation): void {
  const fields = path.split("/").slice(1);
  const last = fields.pop() ?? "";
  const parent = fields.reduce<Record<string, unknown> | undefined>(
    (inner, field) => inner?.[field] as Record<string, unknown> | undefined,
    object,
  );
  if (parent?.[last] === undefined) throw new Error(`${op} ${path}: there is no such field`);
  if (op === "replace") parent[last] = value;
  else delete parent[last];
}

/** Throws where the file is not YAML, or says a key twice. */
function documentsOf(path: string): Manifest[] {
  return parseAllDocuments(readFileSync(path, "utf8"), { merge: true, uniqueKeys: true }).map((document) => {
    const [error] = document.errors;
    if (error) throw new Error(`${path}: ${error.message}`);
    return document.toJS();
  });
}
