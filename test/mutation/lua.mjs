// Runs the suites of the stores in Redis, with a redis-server of their own, against each edit of their scripts.
import { readFileSync } from "node:fs";
import { createVitest } from "vitest/node";
import { root } from "../../scripts/apps.mjs";
import { luaEdits } from "./lua-edits.mjs";

/** By app: the suites that promise what its scripts do. @type {Readonly<Record<string, readonly string[]>>} */
const SUITES = {
  whiteboard: ["test/contract/redis-board-store.test.ts", "apps/whiteboard/src/server/store/redis-*.test.ts"],
  broadcaster: ["test/contract/redis-feed-store.test.ts"],
};

/**
 * Tests the edits of a script. What is edited is what Vite loads, never the file.
 * @param {string} script
 * @returns {Promise<import("./report.mjs").Mutant[]>}
 */
export async function testLuaEdits(script) {
  const path = `${root}/${script}`;
  const original = readFileSync(path, "utf8");
  let lua = original;
  process.env.MUTATION_SUITES = JSON.stringify(SUITES[script.split("/")[1] ?? ""]);
  const vitest = await createVitest(
    "test",
    { config: `${root}/test/mutation/vitest.config.ts`, bail: 1, maxWorkers: 2, watch: false, reporters: [{}] },
    {
      plugins: [
        {
          name: "lua-edit",
          enforce: "pre",
          load: (id) => (id === `${path}?raw` ? `export default ${JSON.stringify(lua)}` : undefined),
        },
      ],
    },
  );
  const specifications = await vitest.globTestSpecifications();
  const passes = async () => {
    vitest.invalidateFile(path);
    vitest.state.filesMap.clear();
    vitest.state.errorsSet.clear();
    const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
    return unhandledErrors.length === 0 && testModules.every((module) => module.ok());
  };
  try {
    if (!(await passes())) throw new Error(`the suites of ${script} fail without an edit`);
    const mutants = [];
    for (const [breaks, text, instead] of luaEdits[script] ?? []) {
      const [before, ...rest] = original.split(text);
      if (rest.length !== 1) throw new Error(`${script} does not have once: ${text}`);
      lua = original.replace(text, () => instead);
      const line = (before ?? "").split("\n").length;
      const isKilled = !(await passes());
      console.log(`${script}:${line} ${isKilled ? "killed" : "SURVIVED"}: ${breaks}`);
      mutants.push({ file: script, line, change: breaks, isKilled });
    }
    return mutants;
  } finally {
    await vitest.close();
  }
}
