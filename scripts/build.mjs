// Bundles each app into its dist/: main.js, and client/ for a server's page. `npm run build [APP…]`.
import { cp, readFile, rm } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import { commands, root, services } from "./apps.mjs";
import { librarySources } from "./library.mjs";

// Some of the packages are CommonJS and call require for what Node itself brings.
const REQUIRE = `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`;

/** @type {(app: string, main: string) => esbuild.BuildOptions} */
const nodeBundle = (app, main) => ({
  entryPoints: [`${root}/apps/${app}/${main}`],
  outfile: `${root}/apps/${app}/dist/main.js`,
  bundle: true,
  alias: librarySources,
  platform: "node",
  target: "node20",
  format: "esm",
  loader: { ".lua": "text" },
  sourcemap: true,
  // The engine keeps what it reads in memory, the map too where it is asked to use it; source text has two bytes a
  // character as soon as one is not ASCII, as in the packages' comments.
  sourcesContent: false,
  minifyWhitespace: true,
  banner: { js: REQUIRE },
  logLevel: "warning",
});

/** @type {(app: string) => esbuild.BuildOptions} */
export const serverBundle = (app) => nodeBundle(app, "src/server/main.ts");

/** @type {(app: string) => esbuild.BuildOptions} */
const commandBundle = (app) => nodeBundle(app, "src/main.ts");

/** @type {(app: string) => esbuild.BuildOptions} */
export const pageBundle = (app) => ({
  entryPoints: [`${root}/apps/${app}/src/client/main.ts`, `${root}/apps/${app}/src/client/main.css`],
  outdir: `${root}/apps/${app}/dist/client`,
  bundle: true,
  alias: librarySources,
  platform: "browser",
  target: ["es2022"],
  format: "esm",
  minify: true,
  sourcemap: true,
  logLevel: "warning",
});

/** Copies what a page needs as it is: its HTML and pictures. @param {string} app */
export const copyPageFiles = (app) =>
  cp(`${root}/apps/${app}/src/client/static`, `${root}/apps/${app}/dist/client`, { recursive: true });

/**
 * Copies socket.io's client beside a server that uses socket.io: pages such as the original example's load it from
 * there.
 * @param {string} app
 */
const copySocketClient = async (app) => {
  const { dependencies } = JSON.parse(await readFile(`${root}/apps/${app}/package.json`, "utf8"));
  if (!dependencies["socket.io"]) return;
  const [from, to] = [`${root}/node_modules/socket.io/client-dist`, `${root}/apps/${app}/dist/socket.io`];
  const files = ["socket.io.js", "socket.io.js.map", "socket.io.min.js", "socket.io.min.js.map"];
  await Promise.all(files.map((file) => cp(`${from}/${file}`, `${to}/${file}`)));
};

/** @param {string} app */
const buildService = (app) =>
  Promise.all([
    esbuild.build(serverBundle(app)),
    esbuild.build(pageBundle(app)),
    copyPageFiles(app),
    copySocketClient(app),
  ]);

const all = [...services, ...commands];

/** @param {readonly string[]} apps */
export async function build(apps = all) {
  for (const app of apps) {
    if (!all.includes(app)) throw new Error(`there is no app ${app}; there are ${all.join(", ")}`);
    await rm(`${root}/apps/${app}/dist`, { recursive: true, force: true });
    await (services.includes(app) ? buildService(app) : esbuild.build(commandBundle(app)));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const named = process.argv.slice(2);
  await build(named.length > 0 ? named : all);
}
