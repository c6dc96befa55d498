// Builds and starts every service, or the one that is named, and stays with them: what ends it ends them.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { root, services } from "./apps.mjs";
import { build } from "./build.mjs";
import { whenParentEnds } from "./parent.mjs";

const named = process.argv.slice(2);
const apps = named.length > 0 ? named : services;
await build(apps);

whenParentEnds(() => process.kill(process.pid, "SIGTERM"));

// One service runs in this very process. Several run in processes of their own; each in a group of its own, or the
// terminal's interrupt would reach it twice.
const only = apps.length === 1 ? apps[0] : undefined;
if (only) {
  await import(`${root}/apps/${only}/dist/main.js`);
} else {
  const children = apps.map((app) => {
    const main = `${root}/apps/${app}/dist/main.js`;
    return spawn(process.execPath, ["--enable-source-maps", main], { stdio: "inherit", detached: true });
  });
  const forward = (/** @type {NodeJS.Signals} */ signal) => {
    for (const child of children) child.kill(signal);
  };
  process.on("SIGINT", forward);
  process.on("SIGTERM", forward);
  const exits = children.map(async (child) => {
    const [code] = await once(child, "exit");
    // One that could not start takes the others along: half of a product is confusing.
    if (code !== 0) forward("SIGTERM");
    return code ?? 1;
  });
  process.exitCode = Math.max(...(await Promise.all(exits)));
}
