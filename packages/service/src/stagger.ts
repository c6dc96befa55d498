import { setTimeout as sleep } from "node:timers/promises";

/** Shortest pause between two steps; below it, several are done in one. */
const STEP_MS = 20;

/**
 * Calls `visit` for every item, spread evenly over `seconds`, the first at once. Asks for the items again at each step,
 * so that those which come or go meanwhile count. Ends early once there are none left.
 */
export async function stagger<T>(items: () => Iterable<T>, seconds: number, visit: (item: T) => void): Promise<void> {
  const visited = new Set<T>();
  const end = performance.now() + seconds * 1_000;
  for (;;) {
    const waiting = [...items()].filter((item) => !visited.has(item));
    const left = end - performance.now();
    if (waiting.length === 0) return;
    const steps = Math.max(1, Math.min(waiting.length, Math.floor(left / STEP_MS)));
    for (const item of waiting.slice(0, Math.ceil(waiting.length / steps))) {
      visited.add(item);
      visit(item);
    }
    if (left > STEP_MS) await sleep(left / steps);
  }
}
