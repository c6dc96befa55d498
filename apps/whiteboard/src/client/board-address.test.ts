import { sanitizeName } from "@crosspod/client";
import { isBoardName } from "@crosspod/protocol";
import { describe, expect, test } from "vitest";
import { boardOfPath } from "./board-address.ts";
import { initials } from "./render/person-color.ts";
import { newBoardName, newPersonName } from "./ui/readable-name.ts";

describe("names", () => {
  test.each([
    ["/", "default"],
    ["/index.html", "default"],
    ["/b/plan-9", "plan-9"],
    ["/b/plan-9/", "plan-9"],
    ["/b/", undefined],
    ["/b/..", undefined],
    ["/b/%3Cb%3E", undefined],
    [`/b/${"x".repeat(65)}`, undefined],
  ])("[W1] the address %s is that of the board %s", (path, board) => {
    expect(boardOfPath(path)).toBe(board);
  });

  test("[W2] new boards have names that boards can have, and hardly ever the same", () => {
    const names = Array.from({ length: 100 }, newBoardName);
    expect(names.every(isBoardName)).toBe(true);
    expect(new Set(names).size).toBeGreaterThan(95);
  });

  test.each([
    ["Ada Lovelace", "AL"],
    ["Grace Brewster Murray Hopper", "GH"],
    ["林 明", "林明"],
    ["🦊 fox", "🦊F"],
    ["bo", "B"],
  ])("the badge of %s says %s", (name, letters) => {
    expect(initials(name)).toBe(letters);
    expect(sanitizeName(newPersonName())).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
  });
});
