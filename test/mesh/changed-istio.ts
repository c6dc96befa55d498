import { type Manifest, readManifests } from "../helpers/manifests.ts";

/** The objects of istio/ without one of them. */
export function without(kind: string, name: string): Manifest[] {
  const objects = readManifests("istio");
  const unwanted = find(objects, kind, name);
  return objects.filter((object) => object !== unwanted);
}

/** The objects of istio/, with the specification of one of them changed. */
export function changed(kind: string, name: string, change: (spec: Manifest["spec"]) => void): Manifest[] {
  const objects = readManifests("istio");
  change(find(objects, kind, name).spec);
  return objects;
}

/** Throws when it is not there: a change of nothing would prove nothing. */
function find(objects: readonly Manifest[], kind: string, name: string): Manifest {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (!found) throw new Error(`there is no ${kind} ${name}`);
  return found;
}
