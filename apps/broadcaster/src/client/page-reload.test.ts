import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PageReload } from "./page-reload.ts";

let kept: string | null;
let reloads: number[];

const storage = {
  getItem: () => kept,
  setItem: (_key: string, value: string) => {
    kept = value;
  },
};

const makeReload = (changes: Partial<ConstructorParameters<typeof PageReload>[0]> = {}): PageReload =>
  new PageReload({ storage, now: Date.now, random: () => 0.5, reload: () => reloads.push(Date.now()), ...changes });

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  kept = null;
  reloads = [];
});

afterEach(() => {
  vi.useRealTimers();
});

test("[B7] loads the page anew after a random pause", () => {
  makeReload().schedule();
  makeReload({ random: () => 0 }).schedule();
  vi.advanceTimersByTime(60_000);
  expect(reloads).toEqual([1_000_000, 1_001_500]);
});

test("[B7] loads it at most once a minute, each page with a pause of its own", () => {
  makeReload().schedule();
  vi.advanceTimersByTime(1_500);
  makeReload().schedule();
  vi.advanceTimersByTime(120_000);
  expect(reloads).toEqual([1_001_500, 1_063_000]);
});

test("[B7] does not load it when it is right again meanwhile, and once however often it is said", () => {
  const reload = makeReload();
  reload.schedule();
  reload.cancel();
  vi.advanceTimersByTime(60_000);
  expect(reloads).toEqual([]);
  reload.schedule();
  reload.schedule();
  vi.advanceTimersByTime(60_000);
  expect(reloads).toHaveLength(1);
});

test("[B7] does not load it where the browser keeps nothing: it would do so without end", () => {
  const refuse = (): never => {
    throw new DOMException("denied", "SecurityError");
  };
  makeReload({ storage: { getItem: refuse, setItem: refuse } }).schedule();
  vi.advanceTimersByTime(60_000);
  expect(reloads).toEqual([]);
});
