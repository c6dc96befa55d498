// Bundles a service's bench and the servers that it starts into a directory of its own, and runs it. `npm run bench --
// [broadcaster] [--json] [--rounds N]` or `npm run bench -- whiteboard [--json] [--only capacity|wire|memory|pods]`.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as esbuild from "esbuild";
import { root } from "../../scripts/apps.mjs";
import { serverBundle } from "../../scripts/build.mjs";
import { unpackLastRelease } from "../releases/unpack.mjs";

const here = `${root}/test/bench`;

/**
 * What is bundled for each bench, beside its service: `servers` as that is bundled, so that packages that are CommonJS
 * find what they need; `plain` without.
 */
const benches = {
  broadcaster: {
    servers: { "express-ws": `${here}/broadcaster/peers/express-ws.ts` },
    plain: { bench: `${here}/broadcaster/bench.ts`, uwebsockets: `${here}/broadcaster/peers/uwebsockets.ts` },
    prepare: async () => installPeers(),
  },
  whiteboard: {
    servers: { relay: `${here}/whiteboard/relay.ts`, bench: `${here}/whiteboard/bench.ts` },
    plain: {},
    prepare: bringLastRelease,
  },
};

const named = process.argv[2]?.startsWith("-") ? undefined : process.argv[2];
const service = named ?? "broadcaster";
if (service !== "broadcaster" && service !== "whiteboard") throw new Error(`there is no bench of ${service}`);
const bench = benches[service];
const directory = await mkdtemp(`${tmpdir()}/crosspod-bench-`);
try {
  await bench.prepare();
  // The services list the files of their pages when they start; nobody asks for any here.
  await Promise.all([mkdir(`${directory}/client`), mkdir(`${directory}/socket.io`)]);
  await Promise.all([
    bundle({ [service]: `${root}/apps/${service}/src/server/main.ts`, ...bench.servers }),
    bundle({ "garbage-collection": `${here}/garbage-collection.ts`, ...bench.plain }, { banner: {} }),
  ]);
  const args = process.argv.slice(named ? 3 : 2);
  const child = spawn(process.execPath, ["--enable-source-maps", `${directory}/bench.js`, ...args], {
    stdio: "inherit",
    env: { ...process.env, BENCH_SOURCE: `${here}/${service}` },
  });
  // The terminal's interrupt reaches the bench too; it ends what it started, and then this goes on.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill());
  const [code] = await once(child, "exit");
  process.exitCode = code ?? 1;
} finally {
  await rm(directory, { recursive: true, force: true });
}

/**
 * Installs the peers of the broadcaster's bench, once. Where that is impossible the bench says so, and goes without.
 */
function installPeers() {
  const folder = `${here}/broadcaster`;
  if (existsSync(`${folder}/node_modules`)) return;
  console.error("installing uWebSockets for the bench, once: 98 MB");
  spawnSync("npm", ["ci", "--prefix", folder, "--ignore-scripts"], { stdio: ["ignore", "ignore", "inherit"] });
}

/** Puts the last release beside the bench, which measures it as a peer. */
async function bringLastRelease() {
  await mkdir(`${directory}/last-release`);
  unpackLastRelease(`${directory}/last-release`);
}

/**
 * Bundles as the product's own servers are bundled.
 * @param {Record<string, string>} entryPoints
 * @param {esbuild.BuildOptions} [changes]
 */
function bundle(entryPoints, changes) {
  const { outfile: _outfile, ...options } = serverBundle(service);
  return esbuild.build({ ...options, entryPoints, outdir: directory, ...changes });
}
