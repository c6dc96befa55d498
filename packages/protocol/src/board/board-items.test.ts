import { describe, expect, test } from "vitest";
import { BoardItems } from "./board-items.ts";
import type { Append, Put } from "./board-operation.ts";

const put = (id: string, more: Partial<Put> = {}): Put => ({
  type: "put",
  id: `aaaaaaaa.${id}`,
  color: "ff0000",
  width: 3,
  pressure: false,
  points: "AA",
  ...more,
});

const append = (id: string, pressure = false): Append => ({
  type: "append",
  id: `aaaaaaaa.${id}`,
  pressure,
  points: pressure ? "CCC" : "CC",
});

const idsOf = (items: BoardItems): string[] => items.inOrder().map(({ id }) => id.slice(-1));

describe("the items of a board", () => {
  test("[W5] lie in the order of their first put, and one that is put back lies where it was", () => {
    const items = new BoardItems();
    items.apply(put("1"), 1);
    items.apply(put("2"), 2);
    items.apply({ type: "remove", ids: ["aaaaaaaa.1"] }, 3);
    items.apply(put("3"), 4);
    items.apply(put("1", { z: 1 }), 5);
    expect(idsOf(items)).toEqual(["1", "2", "3"]);
  });

  test("[W5] never lie above the top, whatever place a put names", () => {
    const items = new BoardItems();
    items.apply(put("1", { z: 36 ** 8 }), 1);
    items.apply(put("2"), 2);
    expect(idsOf(items)).toEqual(["1", "2"]);
    expect(items.get("aaaaaaaa.1")?.z).toBe(1);
  });

  test.each(["123", "132", "213", "231", "312", "321"])(
    "[W5] of one place lie in the order of their ids, also when they come as %s",
    (order) => {
      const items = new BoardItems();
      for (const id of order) items.apply(put(id, { z: 1 }), 1);
      expect(idsOf(items)).toEqual(["1", "2", "3"]);
    },
  );

  test("[W5] do not change by a put whose id is there", () => {
    const items = new BoardItems();
    items.apply(put("1"), 1);
    expect(items.apply(put("1", { color: "000000" }), 2)).toEqual({});
    expect(items.get("aaaaaaaa.1")?.color).toBe("ff0000");
  });

  test("[W5] grow by an append of the same kind of points, and by no other", () => {
    const items = new BoardItems();
    items.apply(put("1"), 1);
    expect(items.apply(append("1"), 2).grown?.points).toBe("CC");
    expect(items.apply(append("1", true), 3)).toEqual({});
    expect(items.apply(append("2"), 4)).toEqual({});
    expect(items.get("aaaaaaaa.1")?.points).toBe("AACC");
  });

  test("[W5] say what a remove and a clear really took away", () => {
    const items = new BoardItems();
    items.apply(put("1"), 1);
    items.apply(put("2"), 2);
    const removed = items.apply({ type: "remove", ids: ["aaaaaaaa.1", "aaaaaaaa.9", "aaaaaaaa.1"] }, 3).removed;
    expect(removed?.map(({ id }) => id)).toEqual(["aaaaaaaa.1"]);
    expect(items.apply({ type: "clear" }, 4).removed?.map(({ id }) => id)).toEqual(["aaaaaaaa.2"]);
    expect(items.apply({ type: "clear" }, 5)).toEqual({});
    expect(items.size).toBe(0);
  });
});
