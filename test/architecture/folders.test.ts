import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { root } from "../../scripts/apps.mjs";

/** A reader takes in so many names at one look. */
const MAX_FILES = 20;

/** What is built or installed. */
const NOT_OURS = new Set(["dist", "node_modules"]);

/** How many files lie beside each other, for each folder below `folder`. */
function filesBeside(folder: string): [folder: string, files: number][] {
  const entries = readdirSync(`${root}/${folder}`, { withFileTypes: true }).filter(({ name }) => !NOT_OURS.has(name));
  const inside = entries.filter((entry) => entry.isDirectory()).flatMap(({ name }) => filesBeside(`${folder}/${name}`));
  return [[folder, entries.filter((entry) => entry.isFile()).length], ...inside];
}

test(`no folder has more than ${MAX_FILES} files beside each other`, () => {
  const folders = ["apps", "istio", "k8s", "packages", "scripts", "test"].flatMap(filesBeside);
  expect(folders.length).toBeGreaterThan(50);
  expect(folders.filter(([, files]) => files > MAX_FILES)).toEqual([]);
});
