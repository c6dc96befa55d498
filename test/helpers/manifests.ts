import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { root } from "../../scripts/apps.mjs";

/** An object of Kubernetes, as a manifest says it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: what is in a specification depends on the kind; the schemas hold it.
  readonly [field: string]: any;
}

/** What a kustomization.yaml says, or that of a component. */
interface Kustomization {
  readonly namespace?: string;
  readonly resources?: readonly string[];
  readonly patches?: readonly Patch[];
}

/** Operations of RFC 6902, as YAML in `patch`, on the objects that `target` names. */
interface Patch {
  readonly target: { readonly kind: string; readonly name: string; readonly namespace: string };
  readonly patch: string;
}

interface Operation {
  readonly op: "replace";
  readonly path: string;
  readonly value: unknown;
}

/** Kinds that are in no namespace. */
const CLUSTER_WIDE: ReadonlySet<string> = new Set(["Namespace"]);

/** Reads the objects of a folder of the repository as `kubectl apply -k` sees them, as far as namespaces and patches go, with the patches of components. */
export function readManifests(folder: string, ...components: readonly string[]): Manifest[] {
  const objects = objectsOf(join(root, folder));
  for (const component of components) applyPatches(objects, kustomizationOf(join(root, component)));
  return objects;
}

const kustomizationOf = (folder: string): Kustomization =>
  documentsOf(join(folder, "kustomization.yaml"))[0] as unknown as Kustomization;

function objectsOf(folder: string): Manifest[] {
  const kustomization = kustomizationOf(folder);
  const { namespace, resources = [] } = kustomization;
  const objects = resources.flatMap((resource) => {
    const path = join(folder, resource);
    if (!existsSync(path)) throw new Error(`${folder} names ${resource}, which is not there`);
    return statSync(path).isDirectory() ? objectsOf(path) : documentsOf(path);
  });
  applyPatches(objects, kustomization);
  if (!namespace) return objects;
  return objects.map((object) =>
    CLUSTER_WIDE.has(object.kind) ? object : { ...object, metadata: { ...object.metadata, namespace } },
  );
}

/** Changes the objects. Throws where a patch has no target, or its target no such field. */
function applyPatches(objects: readonly Manifest[], { patches = [] }: Kustomization): void {
  for (const { target, patch } of patches) {
    const { kind, name, namespace } = target;
    const object = objects.find(
      ({ kind: k, metadata }) => k === kind && metadata.name === name && metadata.namespace === namespace,
    );
    if (!object) throw new Error(`there is no ${kind} ${namespace}/${name} to be patched`);
    for (const operation of parse(patch) as Operation[]) replaceField(object, operation);
  }
}

function replaceField(object: Manifest, { op, path, value }: Operation): void {
  const fields = path.split("/").slice(1);
  const last = fields.pop() ?? "";
  const parent = fields.reduce<Record<string, unknown> | undefined>(
    (inner, field) => inner?.[field] as Record<string, unknown> | undefined,
    object,
  );
  if (op !== "replace" || parent?.[last] === undefined) throw new Error(`${op} ${path}: no such thing to replace`);
  parent[last] = value;
}

/** Throws where the file is not YAML, or says a key twice. */
function documentsOf(path: string): Manifest[] {
  return parseAllDocuments(readFileSync(path, "utf8"), { merge: true, uniqueKeys: true }).map((document) => {
    const [error] = document.errors;
    if (error) throw new Error(`${path}: ${error.message}`);
    return document.toJS();
  });
}
