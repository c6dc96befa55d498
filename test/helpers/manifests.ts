import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
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
export interface Kustomization {
  readonly namespace?: string;
  readonly resources?: readonly string[];
  readonly patches?: readonly { readonly target: { readonly kind: string; readonly name: string }; patch: string }[];
  readonly images?: readonly { readonly name: string; readonly newName: string; readonly newTag: string }[];
  readonly configMapGenerator?: readonly { readonly name: string; readonly files: readonly string[] }[];
}

/** Kinds that are in no namespace. */
const CLUSTER_WIDE: ReadonlySet<string> = new Set(["Namespace"]);

/** Reads the kustomization.yaml of a folder of the repository. */
export const readKustomization = (folder: string): Kustomization => kustomizationOf(join(root, folder));

/** Reads the objects of a folder of the repository as `kubectl apply -k` sees them, as far as namespaces go; of a component, those that it adds. */
export const readManifests = (folder: string): Manifest[] => objectsOf(join(root, folder));

const kustomizationOf = (folder: string): Kustomization =>
  documentsOf(join(folder, "kustomization.yaml"))[0] as unknown as Kustomization;

function objectsOf(folder: string): Manifest[] {
  const { namespace, resources = [] } = kustomizationOf(folder);
  const objects = resources.flatMap((resource) => {
    const path = join(folder, resource);
    if (!existsSync(path)) throw new Error(`${folder} names ${resource}, which is not there`);
    return statSync(path).isDirectory() ? objectsOf(path) : documentsOf(path);
  });
  if (!namespace) return objects;
  return objects.map((object) =>
    CLUSTER_WIDE.has(object.kind) ? object : { ...object, metadata: { ...object.metadata, namespace } },
  );
}

/** One object, by its name as `NAMESPACE/NAME`; throws when it is not there. */
export function findManifest(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.find(
    ({ kind: k, metadata }) => k === kind && `${metadata.namespace}/${metadata.name}` === name,
  );
  if (!found) throw new Error(`there is no ${kind} ${name}`);
  return found;
}

/** Whether a selector's `matchLabels` select what has these labels. */
export const matches = (
  labels: Readonly<Record<string, string>>,
  selector: Readonly<Record<string, string>>,
): boolean => Object.entries(selector).every(([name, value]) => labels[name] === value);

/** Throws where the file is not YAML, or says a key twice. */
function documentsOf(path: string): Manifest[] {
  return parseAllDocuments(readFileSync(path, "utf8"), { merge: true, uniqueKeys: true }).map((document) => {
    const [error] = document.errors;
    if (error) throw new Error(`${path}: ${error.message}`);
    return document.toJS();
  });
}
