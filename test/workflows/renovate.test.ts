import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { root } from "../../scripts/apps.mjs";
import { findWorkflow, workflows } from "./workflow.ts";

interface CustomManager {
  readonly managerFilePatterns: readonly string[];
  readonly matchStrings: readonly string[];
}

const { customManagers } = JSON.parse(readFileSync(`${root}/renovate.json`, "utf8")) as {
  readonly customManagers: readonly CustomManager[];
};

/** What the managers of our own find in a workflow. */
const found = (path: string) =>
  customManagers
    .filter(({ managerFilePatterns }) =>
      managerFilePatterns.some((pattern) => new RegExp(pattern.slice(1, -1)).test(path)),
    )
    .flatMap(({ matchStrings }) => matchStrings)
    .flatMap((pattern) => [...findWorkflow(path).text.matchAll(new RegExp(pattern, "g"))])
    .map(({ groups = {} }) => `${groups.depName} ${groups.currentValue}`);

test("Renovate finds every tool that a workflow names", () => {
  const tools = workflows.flatMap(({ path, text }) =>
    [...text.matchAll(/_VERSION: (\S+)/g)].map(([, version]) => ({ path, version })),
  );
  expect(tools.length).toBeGreaterThan(1);
  for (const { path, version } of tools) {
    expect(
      found(path).filter((tool) => tool.endsWith(` ${version}`)),
      `${path} ${version}`,
    ).toHaveLength(1);
  }
});

test("Renovate finds every base image of the images", () => {
  const path = ".github/workflows/images.yml";
  const bases = (findWorkflow(path).env.BASE_IMAGES ?? "").trim().split("\n");
  const names = bases.map((base) => base.split("=", 1).join().replace(":", " "));
  expect(found(path)).toEqual(names);
});
