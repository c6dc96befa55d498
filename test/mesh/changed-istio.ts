import { readManifests } from "../helpers/kubernetes/kustomize.ts";
import { findManifest, type Manifest } from "../helpers/kubernetes/manifests.ts";

/** The objects of istio/ without one of them, which it names as `NAMESPACE/NAME`. */
export function without(kind: string, name: string): Manifest[] {
  const objects = readManifests("istio");
  const unwanted = findManifest(objects, kind, name);
  return objects.filter((object) => object !== unwanted);
}

/** The objects of istio/, with the specification of one of them changed, which it names as `NAMESPACE/NAME`. */
export function changed(kind: string, name: string, change: (spec: Manifest["spec"]) => void): Manifest[] {
  const objects = readManifests("istio");
  change(findManifest(objects, kind, name).spec);
  return objects;
}
