import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { IdleHeartbeat } from "./idle-heartbeat.ts";

let beats: number[];
let heartbeat: IdleHeartbeat;
let startedAt: number;

beforeEach(() => {
  vi.useFakeTimers();
  beats = [];
  heartbeat = new IdleHeartbeat(() => beats.push(Math.round(performance.now() - startedAt)));
});

afterEach(() => {
  heartbeat.close();
  vi.useRealTimers();
});

/** Something happens every `pauseMs` for a second; beats are counted from its end. */
function stayActive(pauseMs: number): void {
  for (let time = 0; time < 1_000; time += pauseMs) {
    vi.advanceTimersByTime(pauseMs);
    heartbeat.noteActivity();
  }
  startedAt = performance.now();
  beats = [];
}

test("[B8] beats at pauses that grow when what happened fast is over", () => {
  stayActive(20);
  vi.advanceTimersByTime(60_000);
  expect(beats).toEqual([150, 390, 774, 1_389]);
  expect(vi.getTimerCount()).toBe(0);
});

test("[B8] does not beat for what is rare", () => {
  stayActive(600);
  vi.advanceTimersByTime(60_000);
  expect(beats).toEqual([]);
});

test("[B8] does not beat while it goes on", () => {
  stayActive(20);
  for (let time = 0; time < 100; time += 1) {
    vi.advanceTimersByTime(100);
    heartbeat.noteActivity();
  }
  expect(beats).toEqual([]);
});

test("[B8] begins again when something happens in between, and ends when it is closed", () => {
  stayActive(20);
  vi.advanceTimersByTime(300);
  heartbeat.noteActivity();
  vi.advanceTimersByTime(149);
  expect(beats).toEqual([150]);
  vi.advanceTimersByTime(1);
  expect(beats).toEqual([150, 450]);
  heartbeat.close();
  vi.advanceTimersByTime(10_000);
  expect(beats).toHaveLength(2);
});
