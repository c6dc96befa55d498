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

interface Kustomization {
  readonly namespace?: string;
  readonly resources?: readonly string[];
}

/** Kinds that are in no namespace. */
const CLUSTER_WIDE: ReadonlySet<string> = new Set(["Namespace"]);

/** Reads the objects of a folder of the repository as `kubectl apply -k` sees them, as far as namespaces go. */
export const readManifests = (folder: string): Manifest[] => readKustomization(join(root, folder));

function readKustomization(folder: string): Manifest[] {
  const { namespace, resources = [] } = documentsOf(join(folder, "kustomization.yaml"))[0] as unknown as Kustomization;
  const objects = resources.flatMap((resource) => {
    const path = join(folder, resource);
    if (!existsSync(path)) throw new Error(`${folder} names ${resource}, which is not there`);
    return statSync(path).isDirectory() ? readKustomization(path) : documentsOf(path);
  });
  if (!namespace) return objects;
  return objects.map((object) =>
    CLUSTER_WIDE.has(object.kind) ? object : { ...object, metadata: { ...object.metadata, namespace } },
  );
}

/** Throws where the file is not YAML, or says a key twice. */
function documentsOf(path: string): Manifest[] {
  return parseAllDocuments(readFileSync(path, "utf8"), { merge: true, uniqueKeys: true }).map((document) => {
    const [error] = document.errors;
    if (error) throw new Error(`${path}: ${error.message}`);
    return document.toJS();
  });
}
