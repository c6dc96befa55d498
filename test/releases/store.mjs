// Stores the whiteboard of a commit as a release for tests and the bench: `node test/releases/store.mjs COMMIT`.
// The same commit gives the same bytes: everything comes from git and its lock file. It needs GNU tar.
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { root } from "../../scripts/apps.mjs";

/** What tests need of a release outside of its page: its client with the socket.io transport, and its codecs. */
const CLIENT = 'export * from "@crosspod/client"; export * from "@crosspod/protocol";';

/** Run in the commit's folder, with its own esbuild: what is bundled for Node is bundled as its servers are. */
const BUNDLE_CLIENT = `
  import * as esbuild from "esbuild";
  import { serverBundle } from "./scripts/build.mjs";
  const { entryPoints, ...options } = serverBundle("whiteboard");
  const stdin = { contents: process.env.CLIENT, resolveDir: "test" };
  await esbuild.build({ ...options, stdin, outfile: "release/client.js", sourcemap: false });`;

/** Neither the time nor the user of the machine that makes the archive may show in it. */
const SAME_FOR_ALL = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--mode=u=rwX,go=rX"];

const commit = process.argv[2];
if (!commit) throw new Error("say which commit: node test/releases/store.mjs COMMIT");
const directory = await mkdtemp(`${tmpdir()}/crosspod-release-`);
try {
  const files = execFileSync("git", ["archive", commit], { cwd: root, maxBuffer: Number.POSITIVE_INFINITY });
  run("tar", ["-x"], { input: files });
  run("npm", ["ci", "--ignore-scripts"]);
  run("node", ["scripts/build.mjs", "whiteboard"]);
  await mkdir(`${directory}/release`);
  run("cp", ["-r", "apps/whiteboard/dist/.", "release/server"]);
  run("node", ["--input-type=module", "--eval", BUNDLE_CLIENT], { env: { ...process.env, CLIENT } });
  const { version } = JSON.parse(await readFile(`${directory}/apps/whiteboard/package.json`, "utf8"));
  const archive = run("tar", ["-c", ...SAME_FOR_ALL, "--exclude=*.map", "-C", "release", "server", "client.js"]);
  const name = `whiteboard-${version}.tgz`;
  await writeFile(fileURLToPath(new URL(name, import.meta.url)), gzipSync(archive, { level: 9 }));
  console.log(`test/releases/${name} is the whiteboard of ${commit}`);
} finally {
  await rm(directory, { recursive: true, force: true });
}

/**
 * Runs a command in the commit's folder and returns what it prints.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import("node:child_process").ExecFileSyncOptionsWithBufferEncoding} [options]
 */
function run(command, args, options) {
  const stdio = ["pipe", "pipe", "inherit"];
  return execFileSync(command, args, { cwd: directory, stdio, maxBuffer: Number.POSITIVE_INFINITY, ...options });
}
