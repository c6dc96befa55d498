// Writes what the code says of itself into docs/reference: settings, metrics and errors. `npm run reference`; with
// `--check` it writes nothing, and fails where a file is another one.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import { root } from "./apps.mjs";
import { serverBundle } from "./build.mjs";

/** The files and their texts. @returns {Promise<Record<string, string>>} */
async function generate() {
  const folder = await mkdtemp(`${tmpdir()}/crosspod-reference-`);
  const outfile = `${folder}/main.mjs`;
  try {
    const entryPoints = [`${root}/scripts/reference/main.ts`];
    await esbuild.build({ ...serverBundle("broadcaster"), entryPoints, outfile, sourcemap: false });
    const { reference } = await import(pathToFileURL(outfile).href);
    return await reference();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const isCheck = process.argv.includes("--check");
for (const [file, text] of Object.entries(await generate())) {
  const path = `${root}/${file}`;
  if (!isCheck) await writeFile(path, text);
  else if ((await readFile(path, "utf8").catch(() => "")) !== text) {
    console.error(`${file} is not what the code says: npm run reference`);
    process.exitCode = 1;
  }
}
