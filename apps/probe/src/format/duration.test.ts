import { describe, expect, test } from "vitest";
import { formatDuration, parseDuration } from "./duration.ts";

describe("a duration", () => {
  test.each([
    ["70s", 70_000],
    ["5m", 300_000],
    ["1.5s", 1_500],
    ["500ms", 500],
    ["1h", 3_600_000],
    ["10", 10_000],
  ])("%s is %d ms", (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds));

  test.each(["", "s", "0s", "-1s", "5 m", "5d", "1e3", "fast"])("'%s' is none", (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  );

  test.each([
    [0.26, "0.3 ms"],
    [42.4, "42 ms"],
    [1_234, "1.2 s"],
    [90_000, "90 s"],
    [300_000, "5 min"],
  ])("of %d ms reads as %s", (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text));
});
