import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { systemClock } from "./clock.ts";
import { LivenessMonitor } from "./liveness-monitor.ts";

const LIMIT_MS = 10_000;

/** What an answer takes; undefined: none comes. */
let answerMs: number | undefined;
/** When the service was asked, by the clock. */
let questions: number[];
let silences: number[];
let isExcused: boolean;
let monitor: LivenessMonitor;

const ask = (): Promise<void> =>
  new Promise((resolve) => {
    questions.push(Math.round(performance.now()));
    if (answerMs === undefined) return;
    setTimeout(() => {
      monitor.heard();
      resolve();
    }, answerMs);
  });

beforeEach(() => {
  vi.useFakeTimers();
  isExcused = false;
  answerMs = 20;
  questions = [];
  silences = [];
  monitor = new LivenessMonitor({
    clock: systemClock,
    random: () => 0.5,
    isExcused: () => isExcused,
    ask,
    onSilent: () => {
      silences.push(Math.round(performance.now()));
      monitor.stop();
    },
  });
  monitor.start(LIMIT_MS);
});

afterEach(() => {
  monitor.stop();
  vi.useRealTimers();
});

/** Messages every `pauseMs`, for some seconds; questions and silences are counted from the last of them. */
async function flow(pauseMs: number, seconds = 5): Promise<number> {
  for (let time = 0; time < seconds * 1_000; time += pauseMs) {
    await vi.advanceTimersByTimeAsync(pauseMs);
    monitor.heard();
  }
  questions = [];
  silences = [];
  return Math.round(performance.now());
}

/** How long a connection is silent until it is given up. */
async function silenceMs(): Promise<number> {
  const began = await flow(50);
  answerMs = undefined;
  await vi.advanceTimersByTimeAsync(2 * LIMIT_MS);
  return silences[0]! - began;
}

describe("the silence of a connection", () => {
  test("is noticed at the limit when nothing came before", async () => {
    await vi.advanceTimersByTimeAsync(LIMIT_MS - 1);
    expect(silences).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(silences).toHaveLength(1);
    expect(questions).toEqual([]);
  });

  test("is asked about once at first, to see what an answer takes", async () => {
    monitor.heard();
    await vi.advanceTimersByTimeAsync(LIMIT_MS - 1);
    expect(questions).toHaveLength(1);
    expect(silences).toEqual([]);
  });

  test.each([
    { pauseMs: 5, suspicionMs: 200 },
    { pauseMs: 50, suspicionMs: 200 },
    { pauseMs: 250, suspicionMs: 500 },
  ])("is suspected after $suspicionMs ms when messages came every $pauseMs ms", async ({ pauseMs, suspicionMs }) => {
    const began = await flow(pauseMs);
    answerMs = undefined;
    await vi.advanceTimersByTimeAsync(LIMIT_MS);
    expect(questions).toEqual([began + suspicionMs]);
    expect(silences).toEqual([began + suspicionMs + 200]);
  });

  test("is not suspected when messages were rare", async () => {
    await flow(600);
    answerMs = undefined;
    await vi.advanceTimersByTimeAsync(LIMIT_MS - 1);
    expect([questions, silences]).toEqual([[], []]);
  });

  test("is none when answers come, and then the pause is long enough to raise no suspicion", async () => {
    const began = await flow(50);
    await vi.advanceTimersByTimeAsync(LIMIT_MS);
    expect(silences).toEqual([]);
    expect(questions.map((at) => at - began)).toEqual([200, 1_200]);
  });

  test.each([
    { roundTripMs: 20, waitMs: 200 },
    { roundTripMs: 250, waitMs: 600 },
    { roundTripMs: 900, waitMs: 1_900 },
  ])(
    "is waited for $waitMs ms where an answer takes $roundTripMs ms: more than the time of one",
    async ({ roundTripMs, waitMs }) => {
      answerMs = roundTripMs;
      expect(await silenceMs()).toBe(200 + waitMs);
    },
  );

  test.each([250, 1_000])(
    "is never taken for more than a pause where answers take %i ms, more or less",
    async (roundTripMs) => {
      for (let time = 0; time < 30; time += 1) {
        answerMs = roundTripMs * (time % 2 === 0 ? 0.9 : 1.1);
        await flow(50, 2);
        await vi.advanceTimersByTimeAsync(3_000);
        expect(silences).toEqual([]);
      }
    },
  );

  test("is waited for longer while nobody knows what an answer takes", async () => {
    answerMs = undefined;
    expect(await silenceMs()).toBe(1_200);
  });

  test("is waited for twice as long after each connection that was given up, until answers come in time again", async () => {
    const waits: number[] = [];
    for (let time = 0; time < 3; time += 1) {
      answerMs = 20;
      monitor.start(LIMIT_MS);
      waits.push((await silenceMs()) - 200);
    }
    expect(waits).toEqual([200, 400, 800]);
    answerMs = 20;
    monitor.start(LIMIT_MS);
    for (let time = 0; time < 3; time += 1) {
      await flow(50);
      await vi.advanceTimersByTimeAsync(300);
    }
    expect((await silenceMs()) - 200).toBe(200);
  });

  test("is not suspected while it is excused", async () => {
    await flow(50);
    isExcused = true;
    await vi.advanceTimersByTimeAsync(10 * LIMIT_MS);
    expect([questions, silences]).toEqual([[], []]);
  });

  test("is not judged by who was too busy to read the answer", async () => {
    await flow(50);
    answerMs = undefined;
    await vi.advanceTimersByTimeAsync(200);
    expect(questions).toHaveLength(1);
    // Timers run late, and before what has arrived meanwhile is read.
    const { now } = performance;
    vi.spyOn(performance, "now").mockImplementation(() => now.call(performance) + 1_000);
    await vi.advanceTimersByTimeAsync(200);
    monitor.heard();
    await vi.advanceTimersByTimeAsync(100);
    expect(silences).toEqual([]);
  });

  test("is not watched any more once it is stopped", async () => {
    await flow(50);
    monitor.stop();
    monitor.heard();
    expect(vi.getTimerCount()).toBe(0);
  });
});
