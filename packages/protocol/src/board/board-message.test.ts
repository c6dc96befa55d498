import { expect, test } from "vitest";
import { encodeCursors, parseCursors } from "./board-message.ts";

test("[W11] cursors are the same after their text, those that have left too", () => {
  const cursors = [{ id: "abc-_1", x: 0, y: 9_000 }, { id: "left" }];
  expect(parseCursors(encodeCursors(cursors))).toEqual(cursors);
});

test("[W11] a text without cursors has none", () => {
  expect(parseCursors("")).toEqual([]);
  expect(parseCursors(";;")).toEqual([]);
});
