import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Pulse } from "./pulse.ts";

let beats: number[];
let pulse: Pulse;
let startedAt: number;

beforeEach(() => {
  vi.useFakeTimers();
  beats = [];
  pulse = new Pulse(() => beats.push(Math.round(performance.now() - startedAt)));
});

afterEach(() => {
  pulse.close();
  vi.useRealTimers();
});

/** Something happens every `pauseMs` for a second; beats are counted from its end. */
function happen(pauseMs: number): void {
  for (let time = 0; time < 1_000; time += pauseMs) {
    vi.advanceTimersByTime(pauseMs);
    pulse.happened();
  }
  startedAt = performance.now();
  beats = [];
}

test("[B8] beats at pauses that grow when what happened fast is over", () => {
  happen(20);
  vi.advanceTimersByTime(60_000);
  expect(beats).toEqual([150, 390, 774, 1_389]);
  expect(vi.getTimerCount()).toBe(0);
});

test("[B8] does not beat for what is rare", () => {
  happen(600);
  vi.advanceTimersByTime(60_000);
  expect(beats).toEqual([]);
});

test("[B8] does not beat while it goes on", () => {
  happen(20);
  for (let time = 0; time < 100; time += 1) {
    vi.advanceTimersByTime(100);
    pulse.happened();
  }
  expect(beats).toEqual([]);
});

test("[B8] begins again when something happens in between, and ends when it is closed", () => {
  happen(20);
  vi.advanceTimersByTime(300);
  pulse.happened();
  vi.advanceTimersByTime(149);
  expect(beats).toEqual([150]);
  vi.advanceTimersByTime(1);
  expect(beats).toEqual([150, 450]);
  pulse.close();
  vi.advanceTimersByTime(10_000);
  expect(beats).toHaveLength(2);
});
