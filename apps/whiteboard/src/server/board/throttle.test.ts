import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Throttle } from "./throttle.ts";

describe("a throttle", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("runs at once, then once at the end of each interval in which it was asked for", () => {
    const run = vi.fn();
    const throttle = new Throttle(100, run);
    throttle.request();
    expect(run).toHaveBeenCalledTimes(1);
    throttle.request();
    throttle.request();
    vi.advanceTimersByTime(99);
    expect(run).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    expect(run).toHaveBeenCalledTimes(2);
    throttle.request();
    vi.advanceTimersByTime(100);
    expect(run).toHaveBeenCalledTimes(3);
    vi.advanceTimersByTime(1_000);
    expect(run).toHaveBeenCalledTimes(3);
    throttle.request();
    expect(run).toHaveBeenCalledTimes(4);
  });

  test("runs no more when it is closed", () => {
    const run = vi.fn();
    const throttle = new Throttle(100, run);
    throttle.request();
    throttle.request();
    throttle.close();
    vi.advanceTimersByTime(1_000);
    expect(run).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
