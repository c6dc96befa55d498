// Builds packages/client into its dist/, as others install it: ES modules and their declarations. npm calls it before
// it packs.
import { spawnSync } from "node:child_process";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { posix } from "node:path";
import { pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import { root } from "./apps.mjs";

const folder = `${root}/packages/client`;

/** Where the repository's own code finds the library: in its sources. The longer name is first, as Vite asks for. */
export const librarySources = {
  "@crosspod/client/internal": `${folder}/src/internal.ts`,
  "@crosspod/client": `${folder}/src/index.ts`,
};

/** The protocol is part of the library, so that one package is all to install; socket.io stays a dependency. */
const buildModules = () =>
  esbuild.build({
    entryPoints: ["index", "feed", "board"].map((name) => `${folder}/src/${name}.ts`),
    outdir: `${folder}/dist`,
    bundle: true,
    splitting: true,
    external: ["socket.io-client"],
    platform: "browser",
    target: ["es2022"],
    format: "esm",
    sourcemap: true,
    logLevel: "warning",
  });

/** Declares the modules. The declarations name those of the protocol by where they are: beside them. */
async function buildDeclarations() {
  const tsc = [`${root}/node_modules/typescript/bin/tsc`, "-p", `${folder}/tsconfig.build.json`];
  if (spawnSync(process.execPath, tsc, { stdio: "inherit" }).status !== 0) throw new Error("the types are wrong");
  const types = `${folder}/dist/types`;
  const paths = (await readdir(types, { recursive: true })).filter((path) => path.endsWith(".d.ts"));
  for (const path of paths) {
    const protocol = posix.relative(posix.dirname(path), "protocol/src/index.ts");
    const text = await readFile(`${types}/${path}`, "utf8");
    await writeFile(`${types}/${path}`, text.replaceAll('"@crosspod/protocol"', `"${protocol}"`));
  }
}

export async function buildLibrary() {
  await rm(`${folder}/dist`, { recursive: true, force: true });
  await Promise.all([buildModules(), buildDeclarations()]);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await buildLibrary();
