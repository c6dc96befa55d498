import { MAX_NAME_LENGTH } from "@crosspod/protocol";
import { expect, test } from "vitest";
import { sanitizeName } from "./sanitize-name.ts";

test.each([
  ["Ada", "Ada"],
  ["  Ada \t of\u0007Lovelace\n", "Ada of Lovelace"],
  ["x".repeat(40), "x".repeat(MAX_NAME_LENGTH)],
  [`${"x".repeat(MAX_NAME_LENGTH - 1)} y`, "x".repeat(MAX_NAME_LENGTH - 1)],
  [`${"x".repeat(MAX_NAME_LENGTH - 1)}\u{1f98a}`, "x".repeat(MAX_NAME_LENGTH - 1)],
  [`${"x".repeat(MAX_NAME_LENGTH - 2)}\u{1f98a}`, `${"x".repeat(MAX_NAME_LENGTH - 2)}\u{1f98a}`],
  ["a\ud83e", "a\ufffd"],
  [" \n", ""],
])("[W11] %j is shown as %j: whole characters that the service takes", (text, name) => {
  expect(sanitizeName(text)).toBe(name);
});
