// Breaks the code in many small ways, one at a time, and counts what the tests notice. `npm run mutation [-- PATH…]`:
// of the files whose path has one of these texts in it.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { root } from "../../scripts/apps.mjs";
import { build } from "../../scripts/build.mjs";
import { testLuaEdits } from "./lua.mjs";
import { luaEdits } from "./lua-edits.mjs";
import { report } from "./report.mjs";
import { testMutants } from "./stryker.mjs";
import { targets } from "./targets.mjs";

const wanted = process.argv.slice(2);
const isWanted = (/** @type {string} */ file) => wanted.length === 0 || wanted.some((text) => file.includes(text));

const here = `${root}/test/mutation`;
if (!existsSync(`${here}/node_modules`)) {
  console.error("installing Stryker, once: 64 MB");
  spawnSync("npm", ["ci", "--prefix", here, "--ignore-scripts"], { stdio: ["ignore", "ignore", "inherit"] });
}

// The services list the files of their pages when they start.
await build();
const mutants = [];
const directory = await mkdtemp(`${tmpdir()}/crosspod-mutation-`);
// The terminal's interrupt reaches Stryker too; it ends, and what it left goes with the directory.
const ignore = () => {};
process.on("SIGINT", ignore);
try {
  for (const [file, suites] of Object.entries(targets).filter(([name]) => isWanted(name))) {
    mutants.push(...testMutants(file, suites, directory));
  }
} finally {
  await rm(directory, { recursive: true, force: true });
  process.off("SIGINT", ignore);
}
for (const script of Object.keys(luaEdits).filter(isWanted)) mutants.push(...(await testLuaEdits(script)));
process.exitCode = report(mutants) ? 0 : 1;
