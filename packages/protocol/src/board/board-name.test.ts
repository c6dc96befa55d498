import { expect, test } from "vitest";
import { boardPath, isBoardName, MAX_BOARD_NAME_LENGTH } from "./board-name.ts";

test("[W2] a board's name is made of letters, digits, - and _, the first a letter or digit", () => {
  expect(["default", "a", "9-_Z", "x".repeat(MAX_BOARD_NAME_LENGTH)].every(isBoardName)).toBe(true);
  const wrong = ["", "-a", "_a", "a b", "a/b", "ä", "a\n", "x".repeat(MAX_BOARD_NAME_LENGTH + 1), 7, null, undefined];
  expect(wrong.filter(isBoardName)).toEqual([]);
});

test("[W1] the default board is at /, the others at /b/NAME", () => {
  expect(boardPath("default")).toBe("/");
  expect(boardPath("plans")).toBe("/b/plans");
});
