// Measures the whiteboard's frames: `node test/bench/whiteboard-frames.mjs [--items N] [--seconds N]`.
import { mkdir, rm } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import { root } from "../../scripts/apps.mjs";
import { build, serverBundle } from "../../scripts/build.mjs";

// Inside of the repository, so that what is not bundled is found.
const directory = `${root}/node_modules/.cache/crosspod-frames`;
const outfile = `${directory}/whiteboard-frames.mjs`;
await mkdir(directory, { recursive: true });
try {
  await build(["whiteboard"]);
  const entryPoints = [`${root}/test/bench/whiteboard-frames.ts`];
  await esbuild.build({ ...serverBundle("whiteboard"), entryPoints, outfile, external: ["playwright-core"] });
  const { measureFrames } = await import(pathToFileURL(outfile).href);
  await measureFrames(`${root}/apps/whiteboard/dist/client`, process.argv.slice(2));
} finally {
  await rm(directory, { recursive: true, force: true });
}
