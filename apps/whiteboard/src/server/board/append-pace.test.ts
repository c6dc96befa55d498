import { describe, expect, test } from "vitest";
import { AppendPace, LONGEST_INTERVAL_MS } from "./append-pace.ts";

describe("the pace of appends", () => {
  const create = () => {
    const clock = { now: 1_000 };
    const pace = new AppendPace(() => clock.now);
    /** Appends to so many viewers as fast as the pace allows, for so long; returns how many appends that were. */
    const append = (viewers: number, milliseconds: number): number => {
      const end = clock.now + milliseconds;
      let count = 0;
      for (; clock.now < end; clock.now += Math.max(1, pace.intervalMs)) {
        pace.sent(viewers);
        count += 1;
      }
      return count;
    };
    return { clock, pace, append };
  };

  test("[W8] an append is at once where nothing was sent, and all but at once where few look on", () => {
    const { pace } = create();
    expect(pace.intervalMs).toBe(0);
    pace.sent(2);
    expect(pace.intervalMs).toBeLessThan(1);
  });

  test("[W8] where many look on appends are 33 ms apart, and never more", () => {
    const { pace, append } = create();
    pace.sent(200);
    expect(pace.intervalMs).toBe(LONGEST_INTERVAL_MS);
    expect(append(200, 10_000)).toBeLessThanOrEqual(Math.ceil(10_000 / LONGEST_INTERVAL_MS));
    pace.sent(1_000_000);
    expect(pace.intervalMs).toBe(LONGEST_INTERVAL_MS);
  });

  test("[W8] the more is sent the longer is waited", () => {
    const intervals = [2, 3, 5, 8, 11].map((viewers) => {
      const { pace, append } = create();
      append(viewers, 2_000);
      return pace.intervalMs;
    });
    expect(intervals).toEqual(intervals.toSorted((a, b) => a - b));
    expect(new Set(intervals).size).toBe(intervals.length);
  });

  test("[W8] what was sent lately counts together", () => {
    const { pace, append } = create();
    pace.sent(20);
    const { intervalMs } = pace;
    append(20, 200);
    expect(pace.intervalMs).toBeGreaterThan(1.5 * intervalMs);
  });

  test("[W8] what was sent is forgotten within a second: then an append is at once again", () => {
    const { clock, pace } = create();
    pace.sent(200);
    clock.now += 1_000;
    expect(pace.intervalMs).toBeLessThan(1);
  });
});
