import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/apps.mjs";
import { filesOf } from "./pages.ts";

const read = (path: string): string => readFileSync(join(root, path), "utf8");

const RULES = [...read("SPEC.md").matchAll(/^- \*\*([A-Z]\d+)\*\*/gm)].map(([, rule]) => rule ?? "");

/** What the guide takes for a rule that is still to be written. */
const EXAMPLE = "B13";

/** The rules that a text cites: `[B4]`. */
const citationsIn = (text: string): string[] => [...text.matchAll(/\[([ABW]\d+)\]/g)].map(([, rule]) => rule ?? "");

/** The citations at the start of the titles in a test's source. */
const citedByTitles = (source: string): string[] =>
  [...source.matchAll(/["'`]((?:\[[ABW]\d+\] ?)+)/g)].flatMap(([, cited = ""]) => citationsIn(cited));

test("SPEC.md has rules, each once", () => {
  expect(RULES.length).toBeGreaterThan(30);
  expect(RULES).toEqual([...new Set(RULES)]);
});

test("every rule of SPEC.md is cited by the title of a test that holds it", () => {
  // The tests of documents say that a rule is told rightly, not that it holds.
  const tests = filesOf(/^(?!test\/docs\/).*\.(test|contract)\.ts$/);
  const cited = new Set(tests.flatMap((path) => citedByTitles(read(path))));
  expect(RULES.filter((rule) => !cited.has(rule))).toEqual([]);
});

test("every rule that is cited is one of SPEC.md", () => {
  const wrong = filesOf(/\.(ts|mjs|lua|css|html|ya?ml|md|sh)$/).flatMap((path) =>
    citationsIn(read(path)).flatMap((rule) => (RULES.includes(rule) ? [] : `${path} cites [${rule}]`)),
  );
  expect(wrong.filter((line) => line !== `CONTRIBUTING.md cites [${EXAMPLE}]`)).toEqual([]);
});
