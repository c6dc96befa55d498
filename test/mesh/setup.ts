import { runMesh } from "./mesh-program.ts";

/**
 * Says at once when there is no program, and ends a mesh of this checkout's that a run left behind which was killed.
 */
export default async function setup(): Promise<void> {
  await runMesh("down");
}
