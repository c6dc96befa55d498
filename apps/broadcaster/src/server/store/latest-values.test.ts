import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LatestValues } from "./latest-values.ts";

const ids = fc.array(fc.constantFrom("1", "2", "3", "4", "5", "6"), { maxLength: 60 });

describe("LatestValues", () => {
  test("holds the newest entry of each id, in order of revision, past any revision", () => {
    fc.assert(
      fc.property(ids, fc.nat(70), (published, after) => {
        const latest = new LatestValues();
        const newest = new Map<string, number>();
        for (const [index, id] of published.entries()) {
          latest.set({ id, revision: index + 1 });
          newest.delete(id);
          newest.set(id, index + 1);
        }
        const expected = [...newest]
          .map(([id, revision]) => ({ id, revision }))
          .filter(({ revision }) => revision > after);
        expect([...latest.after(after)]).toEqual(expected);
        expect(latest.size).toBe(newest.size);
      }),
    );
  });

  test("refuses a revision that is not above all others, since the order would be lost", () => {
    const latest = new LatestValues();
    latest.set({ id: "1", revision: 2 });
    expect(() => latest.set({ id: "2", revision: 2 })).toThrow(RangeError);
    expect(() => latest.set({ id: "1", revision: 1 })).toThrow(RangeError);
    expect([...latest.after(0)]).toEqual([{ id: "1", revision: 2 }]);
  });

  test("starts anew after clear", () => {
    const latest = new LatestValues();
    latest.set({ id: "1", revision: 7 });
    latest.clear();
    latest.set({ id: "1", revision: 1 });
    expect([...latest.after(0)]).toEqual([{ id: "1", revision: 1 }]);
  });
});
