// Type-checks every part by its own tsconfig.json: server code does not see a DOM, a page does not see Node.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { root } from "./apps.mjs";

const parts = ["scripts", "test"];
for (const folder of ["packages", "apps"]) {
  for (const name of readdirSync(`${root}/${folder}`)) parts.push(`${folder}/${name}`, `${folder}/${name}/src/client`);
}
const projects = parts.filter((part) => existsSync(`${root}/${part}/tsconfig.json`));
const failed = projects.filter((project) => {
  const tsc = spawnSync(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, "-p", project], {
    cwd: root,
    stdio: "inherit",
  });
  return tsc.status !== 0;
});
if (failed.length > 0) {
  console.error(`types are wrong in ${failed.join(", ")}`);
  process.exitCode = 1;
}
