import { expect, test } from "vitest";
import { fail, pass, skip } from "./checks/check.ts";
import { checkLines, holds, jsonReport, summaryLine, type TargetReport } from "./report.ts";

const failed = { name: "long polling", milliseconds: 12, ...fail("12 of 30 answered 400", "no cookie", "path: /") };
const report: TargetReport = {
  url: "http://wb.example.com:3000/",
  service: "whiteboard",
  checks: [
    { name: "page", milliseconds: 5, ...pass("8 KB") },
    failed,
    { name: "idle", milliseconds: 0, ...skip("not asked") },
  ],
  connections: 42,
  milliseconds: 1_250,
};

test("a check is a line; a failure says its cause and the fix", () => {
  expect(report.checks.flatMap(checkLines)).toEqual([
    "  ✓ page         8 KB",
    "  ✗ long polling 12 of 30 answered 400",
    "      cause: no cookie",
    "      fix:   path: /",
    "  – idle         not asked",
  ]);
});

test("what a service said steers no terminal", () => {
  expect(checkLines({ ...failed, detail: "by \u001b[2J" })[0]).toBe("  ✗ long polling by \ufffd[2J");
});

test("the summary counts what holds, fails and was skipped", () => {
  expect(summaryLine(report)).toBe("  1 check holds, 1 fails, 1 skipped; 42 connections, 1.3 s");
});

test("the JSON document has every check, and holds when nothing fails", () => {
  expect(JSON.parse(jsonReport([report]))).toMatchObject({ result: "fail", targets: [{ checks: { 1: failed } }] });
  expect(holds([{ ...report, checks: report.checks.filter((check) => check !== failed) }])).toBe(true);
});
