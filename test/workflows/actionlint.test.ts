import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { root } from "../../scripts/apps.mjs";

const actionlint = (...args: readonly string[]) => spawnSync("actionlint", args, { cwd: root, encoding: "utf8" });

// The workflow `test` installs it.
test.skipIf(actionlint("-version").status !== 0)("actionlint has nothing to say of the workflows", () => {
  const { status, stdout, stderr } = actionlint("-no-color");
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
});
