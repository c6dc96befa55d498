import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { systemClock } from "./clock.ts";
import { SilenceWatch } from "./silence-watch.ts";

const LIMIT_MS = 10_000;
const ROUND_TRIP_MS = 40;

const onDoubt = vi.fn();
const onSilent = vi.fn();
let isExcused: boolean;
let watch: SilenceWatch;

beforeEach(() => {
  vi.useFakeTimers();
  isExcused = false;
  watch = new SilenceWatch({ clock: systemClock, isExcused: () => isExcused, onDoubt, onSilent });
  watch.start(LIMIT_MS, ROUND_TRIP_MS);
});

afterEach(() => {
  watch.stop();
  vi.resetAllMocks();
  vi.useRealTimers();
});

/** Messages every `pauseMs`, for some seconds. */
function flow(pauseMs: number, seconds = 5): void {
  for (let time = 0; time < seconds * 1_000; time += pauseMs) {
    vi.advanceTimersByTime(pauseMs);
    watch.heard();
  }
}

const calls = (): [doubts: number, silences: number] => [onDoubt.mock.calls.length, onSilent.mock.calls.length];

describe("the silence of a connection", () => {
  test("is noticed at the limit when nothing came before", () => {
    vi.advanceTimersByTime(LIMIT_MS - 1);
    expect(calls()).toEqual([0, 0]);
    vi.advanceTimersByTime(1);
    expect(calls()).toEqual([0, 1]);
  });

  test.each([
    { pauseMs: 5, doubtMs: 200 },
    { pauseMs: 50, doubtMs: 200 },
    { pauseMs: 250, doubtMs: 500 },
    { pauseMs: 1_000, doubtMs: 2_000 },
  ])(
    "is doubted after $doubtMs ms when messages came every $pauseMs ms, and is one when no answer comes",
    ({ pauseMs, doubtMs }) => {
      flow(pauseMs);
      vi.advanceTimersByTime(doubtMs - 1);
      expect(calls()).toEqual([0, 0]);
      vi.advanceTimersByTime(1);
      expect(calls()).toEqual([1, 0]);
      vi.advanceTimersByTime(199);
      expect(calls()).toEqual([1, 0]);
      vi.advanceTimersByTime(1);
      expect(calls()).toEqual([1, 1]);
    },
  );

  test("is none when the answer comes; then it is doubted less and less often", () => {
    flow(50);
    onDoubt.mockImplementation(() => setTimeout(() => watch.heard(), ROUND_TRIP_MS));
    vi.advanceTimersByTime(LIMIT_MS);
    expect(calls()).toEqual([5, 0]);
    vi.advanceTimersByTime(2 * LIMIT_MS);
    expect(calls()).toEqual([6, 1]);
  });

  test("is waited for as long as an answer takes over this connection", () => {
    watch.start(LIMIT_MS, 900);
    flow(50);
    vi.advanceTimersByTime(200 + 899);
    expect(calls()).toEqual([1, 0]);
    vi.advanceTimersByTime(1);
    expect(calls()).toEqual([1, 1]);
  });

  test("is waited for twice as long after each connection that was given up, until answers come in time again", () => {
    const answerMs = (): number => {
      watch.start(LIMIT_MS, ROUND_TRIP_MS);
      flow(50);
      const before = onSilent.mock.calls.length;
      vi.advanceTimersByTime(200);
      let waitedMs = 0;
      for (; onSilent.mock.calls.length === before; waitedMs += 10) vi.advanceTimersByTime(10);
      return waitedMs;
    };
    expect([answerMs(), answerMs(), answerMs()]).toEqual([200, 400, 800]);
    watch.start(LIMIT_MS, ROUND_TRIP_MS);
    for (let time = 0; time < 3; time += 1) {
      flow(50);
      vi.advanceTimersByTime(200);
      watch.heard();
    }
    expect(answerMs()).toBe(200);
  });

  test("is not doubted while it is excused", () => {
    flow(50);
    isExcused = true;
    vi.advanceTimersByTime(10 * LIMIT_MS);
    expect(calls()).toEqual([0, 0]);
  });

  test("is not judged by who was too busy to read the answer", () => {
    flow(50);
    vi.advanceTimersByTime(200);
    // Timers run late, and before what has arrived meanwhile is read.
    vi.setSystemTime(Date.now() + 1_000);
    const now = performance.now();
    vi.spyOn(performance, "now").mockImplementation(() => now + 1_000);
    vi.advanceTimersByTime(200);
    watch.heard();
    vi.advanceTimersByTime(100);
    expect(calls()).toEqual([1, 0]);
  });

  test("is not watched any more once it is stopped", () => {
    flow(50);
    watch.stop();
    watch.heard();
    expect(vi.getTimerCount()).toBe(0);
  });
});
