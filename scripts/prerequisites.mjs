// Sees to the programs that the tests start and npm does not bring: redis-server and Chromium. Installs what is missing
// where there is apt and the user may; says in one line what to install where not.
import { spawnSync } from "node:child_process";

const NEEDED = [
  { package: "redis-server", commands: ["redis-server"] },
  { package: "chromium", commands: ["chromium", "chromium-browser", "google-chrome"] },
];

const has = (/** @type {string} */ command) => spawnSync("which", [command]).status === 0;
const missing = NEEDED.filter(({ commands }) => !commands.some(has)).map((needed) => needed.package);

if (missing.length > 0 && !(has("apt-get") && process.getuid?.() === 0 && install(missing))) {
  console.error(
    `the tests need ${missing.join(" and ")}: install them with your system's package manager, then run this again`,
  );
  process.exitCode = 1;
}

/** @param {readonly string[]} packages */
function install(packages) {
  console.error(`installing ${packages.join(" and ")} by apt`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (/** @type {string[]} */ ...args) =>
    spawnSync("apt-get", ["-qq", ...args], { env, stdio: ["ignore", "ignore", "inherit"] }).status === 0;
  return apt("update") && apt("install", "-y", "--no-install-recommends", ...packages);
}
