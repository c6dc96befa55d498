import { describe, expect, test } from "vitest";
import { spreadOver } from "./spread-over.ts";

describe("spreadOver", () => {
  test("[A3] visits each item once, spread over the time, the first at once", async () => {
    const start = performance.now();
    const visits = new Map<number, number>();
    const items = new Set(Array.from({ length: 8 }, (_, index) => index));
    await spreadOver(
      () => items,
      0.4,
      (item) => visits.set(item, performance.now() - start),
    );
    expect([...visits.keys()]).toEqual([...items]);
    // A busy machine makes visits late, and those that are left closer to each other; none comes before its time.
    for (const [item, ms] of visits) expect(ms).toBeGreaterThan(item * 50 - 5);
  });

  test("[A3] does not wait for nobody", async () => {
    await expect(
      spreadOver(
        () => [],
        3_600,
        () => {},
      ),
    ).resolves.toBeUndefined();
  });

  test("[A3] ends as soon as those who were visited have left", async () => {
    const items = new Set([1]);
    await spreadOver(
      () => items,
      3_600,
      (item) => items.delete(item),
    );
    expect(items.size).toBe(0);
  });

  test("[A3] visits those who come meanwhile, too", async () => {
    const items = new Set([1, 2]);
    const visited: number[] = [];
    await spreadOver(
      () => items,
      0.1,
      (item) => {
        visited.push(item);
        if (item < 3) items.add(3);
      },
    );
    expect(visited.toSorted()).toEqual([1, 2, 3]);
  });

  test("[A3] visits many more items than there are steps", async () => {
    const items = Array.from({ length: 5_000 }, (_, index) => index);
    const visited: number[] = [];
    await spreadOver(
      () => items,
      0.1,
      (item) => visited.push(item),
    );
    expect(visited).toEqual(items);
  });
});
