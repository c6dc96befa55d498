import { expect, test } from "vitest";
import { printable } from "./printable.ts";

test.each([
  ["board-a, 3 ms … é", "board-a, 3 ms … é"],
  ["\u001b[2J\u001b]0;title\u0007a\nb\u009b31m", "\ufffd[2J\ufffd]0;title\ufffda\ufffdb\ufffd31m"],
  ["a".repeat(1_001), `${"a".repeat(1_000)}…`],
])("%j is shown as %j", (text, shown) => expect(printable(text)).toBe(shown));
