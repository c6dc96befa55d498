import { expect, test } from "vitest";
import { jsonWatchReport, progressLine, type WatchReport, watchLines } from "./watch-report.ts";

const report: WatchReport = {
  clients: 3,
  pods: ["pod-a", "pod-b"],
  taken: 100,
  notTaken: 2,
  received: 299,
  reconnects: 1,
  silences: [50, 60, 1_400],
  lost: 1,
  repeated: 0,
  outOfOrder: 0,
  unacknowledged: 0,
};

test("a watch goes on in one line", () => {
  expect(progressLine(report, 4_012)).toBe(
    "  4 s: 2 pods, 100 taken, 2 not taken, 1 reconnect, longest silence 1.4 s, 0 repeated, 0 out of order",
  );
});

test("what was felt is said in lines, and in the last whether something was lost", () => {
  expect(watchLines(report)).toEqual([
    "  clients      3, in the end on 2 pods: pod-a, pod-b",
    "  taken        100; not taken 2; received 299",
    "  reconnects   1",
    "  silence      longest of each client: p50 60 ms, p99 1.4 s, max 1.4 s",
    "  lost         1",
    "  repeated     0",
    "  out of order 0",
    "  ✗ something was lost",
  ]);
  expect(watchLines({ ...report, lost: 0 }).at(-1)).toBe("  ✓ nothing was lost");
  expect(watchLines({ ...report, lost: 0, unacknowledged: 2 }).slice(-2)).toEqual([
    "  waiting      2 not acknowledged at the end",
    "  ✗ something was lost",
  ]);
});

test("the JSON document has the same numbers", () => {
  expect(JSON.parse(jsonWatchReport(report))).toMatchObject({
    result: "fail",
    lost: 1,
    silenceMs: { p50: 60, p99: 1_400, max: 1_400 },
  });
});
