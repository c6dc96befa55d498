// The proofs that take long: more seeds and more kills than `npm test` has; and the mesh and a cluster, where they are.
import { spawnSync } from "node:child_process";
import { root } from "./apps.mjs";

const { CROSSPOD_MESH, CROSSPOD_E2E_CONTEXT } = process.env;

/** @type {{ environment?: Record<string, string>, command: string }[]} */
const proofs = [
  { environment: { SEEDS: "1000" }, command: "npx vitest run --project unit test/fuzz" },
  { environment: { SEEDS: "240" }, command: "npx vitest run --project services test/cluster/whiteboard-fuzz.test.ts" },
  {
    environment: { KILLS: "50" },
    command: "npx vitest run --project services test/cluster/whiteboard-killed-pod.test.ts",
  },
  { environment: { RESTARTS: "3" }, command: "npx vitest run --project services rolling.test.ts" },
  {
    environment: { OTHERS: "200" },
    command: "npx vitest run --project services test/cluster/broadcaster-frozen-client.test.ts",
  },
  ...(CROSSPOD_MESH ? [{ command: "npm run test:mesh" }] : []),
  ...(CROSSPOD_E2E_CONTEXT ? [{ command: "npm run test:cluster-e2e" }] : []),
];

for (const { environment, command } of proofs) {
  const said = Object.entries(environment ?? {}).map(([name, value]) => `${name}=${value} `);
  console.log(`\n$ ${said.join("")}${command}`);
  const { status } = spawnSync(command, {
    cwd: root,
    env: { ...process.env, ...environment },
    shell: true,
    stdio: "inherit",
  });
  if (status !== 0) process.exitCode = 1;
}
if (!CROSSPOD_MESH) console.log("npm run test:mesh did not run: CROSSPOD_MESH names no program");
if (!CROSSPOD_E2E_CONTEXT) console.log("npm run test:cluster-e2e did not run: CROSSPOD_E2E_CONTEXT names no cluster");
