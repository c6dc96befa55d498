import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { root } from "../../scripts/apps.mjs";
import { startWhiteboard } from "../helpers/board/running-whiteboard.ts";
import { startBroadcaster } from "../helpers/feed/running-broadcaster.ts";
import { metricNamesIn, readMetrics } from "../helpers/service/metrics.ts";
import { Page } from "./pages.ts";

test("what is generated of docs/reference is what the code says", { timeout: 30_000 }, () => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/reference.mjs", "--check"], { cwd: root });
  expect({ status, stderr: `${stderr}` }).toEqual({ status: 0, stderr: "" });
});

test.each([
  ["broadcaster", startBroadcaster],
  ["whiteboard", startWhiteboard],
] as const)("every metric of a running %s is in its reference", async (_name, start) => {
  await using service = await start();
  const names = metricNamesIn(await readMetrics(service.adminUrl)).filter((name) => name.startsWith("crosspod_"));
  expect(names.length).toBeGreaterThan(10);
  const { text } = new Page("docs/reference/metrics.md");
  const isThere = (name: string): boolean => text.includes(`| \`${name.replace(/_(bucket|sum|count)$/, "")}\` |`);
  expect(names.filter((name) => !isThere(name))).toEqual([]);
});
