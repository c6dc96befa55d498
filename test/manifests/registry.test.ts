import { expect, test } from "vitest";
import { readKustomization, readManifests } from "../helpers/kubernetes/kustomize.ts";
import { podTemplatesOf } from "../helpers/kubernetes/manifests.ts";

test("the component registry names every image, as it is tagged", () => {
  const templates = podTemplatesOf(readManifests("k8s"));
  const used = templates.flatMap(({ spec }) => spec.containers.map(({ image }: { image: string }) => image));
  const { images = [] } = readKustomization("k8s/components/registry");
  expect(images.map(({ name, newTag }) => `${name}:${newTag}`).sort()).toEqual([...new Set(used)].sort());
  for (const { name, newName } of images) expect(newName).toMatch(new RegExp(`^registry\\.example\\.com/.+/${name}$`));
});
