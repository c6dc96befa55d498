import type { FeedClientState } from "@crosspod/client";
import { Emitter } from "@crosspod/client/internal";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { reloadWhenOutdated } from "./page-reload.ts";

let kept: string | null;
let reloads: number[];

const storage = {
  getItem: () => kept,
  setItem: (_key: string, value: string) => {
    kept = value;
  },
};

/** Opens a page; returns what tells it its state. */
function openPage(): (state: FeedClientState) => void {
  const states = new Emitter<[FeedClientState]>();
  reloadWhenOutdated({ onState: states.add });
  return (state) => states.emit(state);
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  vi.stubGlobal("sessionStorage", storage);
  vi.stubGlobal("location", { reload: () => reloads.push(Date.now()) });
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  kept = null;
  reloads = [];
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("[B7] loads the page anew after a random pause", () => {
  openPage()("outdated");
  vi.mocked(Math.random).mockReturnValue(0);
  openPage()("outdated");
  vi.advanceTimersByTime(60_000);
  expect(reloads).toEqual([1_000_000, 1_001_500]);
});

test("[B7] loads it at most once a minute, each page with a pause of its own", () => {
  openPage()("outdated");
  vi.advanceTimersByTime(1_500);
  openPage()("outdated");
  vi.advanceTimersByTime(120_000);
  expect(reloads).toEqual([1_001_500, 1_063_000]);
});

test("[B7] does not load it when it is right again meanwhile, and once however often it is said", () => {
  const tell = openPage();
  tell("outdated");
  tell("live");
  vi.advanceTimersByTime(60_000);
  expect(reloads).toEqual([]);
  tell("outdated");
  tell("outdated");
  vi.advanceTimersByTime(60_000);
  expect(reloads).toHaveLength(1);
});

test("[B7] does not load it where the browser keeps nothing: it would do so without end", () => {
  const refuse = (): never => {
    throw new DOMException("denied", "SecurityError");
  };
  vi.stubGlobal("sessionStorage", { getItem: refuse, setItem: refuse });
  openPage()("outdated");
  vi.advanceTimersByTime(60_000);
  expect(reloads).toEqual([]);
});
