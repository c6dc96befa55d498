import { describe, expect, test } from "vitest";
import { TokenBucket } from "./token-bucket.ts";

describe("a rate of messages", () => {
  const create = () => {
    const clock = { now: 0 };
    const rate = new TokenBucket(10, () => clock.now);
    const takeAll = (): number => {
      let count = 0;
      while (rate.take()) count += 1;
      return count;
    };
    return { clock, rate, takeAll };
  };

  test("[W9] twice the rate may come at once, then the rate", () => {
    const { clock, takeAll } = create();
    expect(takeAll()).toBe(20);
    clock.now = 500;
    expect(takeAll()).toBe(5);
    clock.now = 60_000;
    expect(takeAll()).toBe(20);
  });

  test("[W9] a message that may not pass takes nothing from the next", () => {
    const { rate, takeAll } = create();
    expect(rate.take(15)).toBe(true);
    expect(rate.take(10)).toBe(false);
    expect(takeAll()).toBe(5);
  });
});
