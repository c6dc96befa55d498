import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { systemClock } from "./clock.ts";
import { SendPace } from "./send-pace.ts";

let pace: SendPace;

beforeEach(() => {
  vi.useFakeTimers();
  pace = new SendPace(systemClock);
});

afterEach(() => {
  vi.useRealTimers();
});

/** Sends as fast as it may, and says how many messages that are. */
function sendFor(milliseconds: number): number {
  let sent = 0;
  for (let time = 0; time < milliseconds; time += 1) {
    for (; pace.waitMs === 0; sent += 1) pace.spend();
    vi.advanceTimersByTime(1);
  }
  return sent;
}

const authors = (count: number): void => {
  for (let author = 1; author <= count; author += 1) pace.see(`author-${author}`);
};

describe("the pace of a client", () => {
  test("[W8] is 30 messages at once after a pause, and one every 16 ms over time, while few draw", () => {
    expect(sendFor(1)).toBe(30);
    expect(pace.waitMs).toBe(15);
    expect(sendFor(1_600)).toBe(100);
  });

  test("[W8] is one message every 33 ms where more than five draw, also after a pause", () => {
    vi.advanceTimersByTime(10_000);
    authors(6);
    expect(sendFor(1)).toBe(1);
    expect(pace.waitMs).toBe(32);
    expect(sendFor(330)).toBe(10);
  });

  test("[W8] is one message every 50 ms where a crowd of more than a hundred draws", () => {
    vi.advanceTimersByTime(10_000);
    authors(100);
    expect(sendFor(331)).toBe(11);
    authors(101);
    sendFor(1);
    expect(sendFor(500)).toBe(10);
  });

  test("[W8] is that of few for up to five, however often they are seen, and for those who were seen a second ago", () => {
    authors(5);
    authors(5);
    expect(sendFor(1)).toBe(30);
    authors(6);
    sendFor(999);
    expect(sendFor(1_600)).toBe(100);
  });
});
