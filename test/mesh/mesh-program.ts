import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { root } from "../../scripts/apps.mjs";

const execute = promisify(execFile);

/** Longest time of one command. */
const COMMAND_TIMEOUT_MS = 60_000;

/** Each checkout has a mesh of its own, so that two do not meet: one of a hundred. */
const OWN_NUMBER = createHash("sha256").update(root).digest().readUInt16BE() % 100;

/** The first of the hundred ports that its programs may use for themselves, below those that the system gives away. */
const OWN_PORTS = 20_000 + 100 * OWN_NUMBER;

/** Where its gateways listen. */
export const GATEWAY_ADDRESS = `127.77.0.${1 + OWN_NUMBER}`;

/** Runs a command of the mesh's program, which test/README.md describes; rejects with what it wrote when it fails. */
export async function runMesh(...args: readonly string[]): Promise<void> {
  const program = process.env.CROSSPOD_MESH;
  if (!program) throw new Error("CROSSPOD_MESH must be the path of a mesh's program: test/README.md says what it does");
  const env = { ...process.env, MESH_BASE: `${OWN_PORTS}` };
  await execute(program, args, { cwd: root, env, timeout: COMMAND_TIMEOUT_MS }).catch(({ message, stdout }) => {
    throw new Error(`${message}\n${stdout}`);
  });
}
