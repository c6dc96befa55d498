// As start.mjs, and again at each change: a server that changed is built and started anew, an open page that changed
// reloads. `npm run dev [APP…]`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { watch } from "node:fs";
import * as esbuild from "esbuild";
import { root, services } from "./apps.mjs";
import { copyPageFiles, pageBundle, serverBundle } from "./build.mjs";
import { whenParentEnds } from "./parent.mjs";

const named = process.argv.slice(2);
const apps = named.length > 0 ? named : services;

// Asks twice a second whether the page has changed; a page's policy allows it to ask nobody else.
const RELOAD = `{
  let current;
  setInterval(async () => {
    const paths = ["/", "/main.js", "/main.css"];
    const answers = await Promise.all(paths.map((path) => fetch(path, { method: "HEAD" }))).catch(() => undefined);
    const tags = answers?.map(({ headers }) => headers.get("ETag")).join();
    if (tags && current && tags !== current) location.reload();
    current = tags ?? current;
  }, 500);
}`;

/** @type {Map<string, import("node:child_process").ChildProcess>} */
const running = new Map();

/** Ends an app's process, if there is one, and waits for its ports to be free. @param {string} app */
async function stop(app) {
  const child = running.get(app);
  running.delete(app);
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}

/** @param {string} app */
async function restart(app) {
  await stop(app);
  const main = `${root}/apps/${app}/dist/main.js`;
  const env = { ...process.env, DRAIN_SECONDS: process.env.DRAIN_SECONDS ?? "0" };
  running.set(app, spawn(process.execPath, ["--enable-source-maps", main], { stdio: "inherit", detached: true, env }));
}

/** @type {(name: string, act: () => unknown) => esbuild.Plugin} */
const afterBuild = (name, act) => ({
  name,
  setup: (build) => build.onEnd(async ({ errors }) => void (errors.length === 0 && (await act()))),
});

/** @type {esbuild.BuildContext[]} */
const contexts = [];
for (const app of apps) {
  const copy = afterBuild("copy-page-files", () => copyPageFiles(app));
  const page = await esbuild.context({ ...pageBundle(app), banner: { js: RELOAD }, plugins: [copy] });
  const server = await esbuild.context({ ...serverBundle(app), plugins: [afterBuild("restart", () => restart(app))] });
  watch(`${root}/apps/${app}/src/client/static`, { recursive: true }, () => {
    // What is wrong was printed by esbuild.
    page.rebuild().catch(() => {});
  });
  // A server serves the files that its page has when it starts.
  await page.rebuild().catch(() => {});
  await page.watch();
  await server.watch();
  contexts.push(page, server);
}

const leave = async () => {
  await Promise.all([...apps.map(stop), ...contexts.map((context) => context.dispose())]);
  process.exit(0);
};
process.on("SIGINT", leave);
process.on("SIGTERM", leave);
whenParentEnds(leave);
