// Has Stryker change the targets one operator, literal or statement at a time, each of which the tests should notice.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { root } from "../../scripts/apps.mjs";

const here = `${root}/test/mutation`;

/** Of the fuzz: fewer than a run of the tests has, as each mutant meets them. */
const SEEDS = "10";

/** @typedef {import("./report.mjs").Mutant} Mutant */

/**
 * Tests the mutants of a file, in a copy of the repository.
 * @param {string} file
 * @param {readonly string[]} suites patterns of the test files
 * @param {string} directory for the copy and what else is needed meanwhile
 * @returns {Mutant[]}
 */
export function testMutants(file, suites, directory) {
  const [config, report] = [`${directory}/stryker.json`, `${directory}/mutants.json`];
  const options = {
    testRunner: "vitest",
    plugins: ["@stryker-mutator/vitest-runner"],
    vitest: { configFile: "test/mutation/vitest.config.ts" },
    mutate: [file],
    ignorePatterns: ["docs", "k8s", "istio"],
    // TypeScript 7 has no interface that could rewrite it, and nothing here reads it.
    tsconfigFile: "none.json",
    concurrency: 2,
    tempDirName: `${directory}/copy`,
    reporters: ["json", "progress-append-only"],
    jsonReporter: { fileName: report },
    disableTypeChecks: false,
    // Where the machine is busy a mutant is not taken for one that never ends.
    timeoutMS: 20_000,
  };
  writeFileSync(config, JSON.stringify(options));
  const stryker = `${here}/node_modules/@stryker-mutator/core/bin/stryker.js`;
  const env = { ...process.env, MUTATION_SUITES: JSON.stringify(suites), SEEDS };
  const { status } = spawnSync(process.execPath, [stryker, "run", config], { cwd: root, stdio: "inherit", env });
  if (status !== 0) throw new Error("Stryker failed");
  const { source, mutants } = JSON.parse(readFileSync(report, "utf8")).files[file];
  return mutants.map((/** @type {any} */ mutant) => mutantOf(file, source.split("\n"), mutant));
}

/** @param {string} file @param {readonly string[]} lines @param {any} mutant of Stryker's report: it counts from 1 */
function mutantOf(file, lines, { location: { start, end }, replacement, status }) {
  const text = lines.slice(start.line - 1, end.line);
  text[text.length - 1] = text.at(-1)?.slice(0, end.column - 1) ?? "";
  text[0] = text[0]?.slice(start.column - 1) ?? "";
  const change = `${oneLine(text.join("\n"))} -> ${oneLine(replacement)}`;
  return { file, line: start.line, change, isKilled: status === "Killed" || status === "Timeout" };
}

/** @param {string} text */
const oneLine = (text) => {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
};
