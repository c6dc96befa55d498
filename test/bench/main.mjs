// Bundles the bench and the servers that it starts into a directory of its own, and runs it. `npm run bench -- [--json] [--rounds N]`.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as esbuild from "esbuild";
import { root } from "../../scripts/apps.mjs";
import { serverBundle } from "../../scripts/build.mjs";

const here = `${root}/test/bench`;
installPeers();
const directory = await mkdtemp(`${tmpdir()}/crosspod-bench-`);
try {
  await Promise.all([
    bundle({ broadcaster: `${root}/apps/broadcaster/src/server/main.ts`, "express-ws": `${here}/peers/express-ws.ts` }),
    bundle(
      {
        bench: `${here}/bench.ts`,
        "garbage-collection": `${here}/garbage-collection.ts`,
        uwebsockets: `${here}/peers/uwebsockets.ts`,
      },
      { banner: {} },
    ),
  ]);
  const bench = spawn(process.execPath, ["--enable-source-maps", `${directory}/bench.js`, ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { ...process.env, BENCH_SOURCE: here },
  });
  // The terminal's interrupt reaches the bench too; it ends what it started, and then this goes on.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => bench.kill());
  const [code] = await once(bench, "exit");
  process.exitCode = code ?? 1;
} finally {
  await rm(directory, { recursive: true, force: true });
}

/** Brings what only the bench needs, once. Where that is not possible the bench goes without it, and says so. */
function installPeers() {
  if (existsSync(`${here}/node_modules`)) return;
  console.error("installing uWebSockets for the bench, once: 98 MB");
  spawnSync("npm", ["ci", "--prefix", here, "--ignore-scripts"], { stdio: ["ignore", "ignore", "inherit"] });
}

/**
 * Bundles as the product's own servers are bundled.
 * @param {Record<string, string>} entryPoints
 * @param {esbuild.BuildOptions} [changes]
 */
function bundle(entryPoints, changes) {
  const { outfile: _outfile, ...options } = serverBundle("broadcaster");
  return esbuild.build({ ...options, entryPoints, outdir: directory, ...changes });
}
