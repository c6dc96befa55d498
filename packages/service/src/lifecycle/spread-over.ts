import { setTimeout as sleep } from "node:timers/promises";

/** Shortest pause between two steps; below it, several are done in one. */
const STEP_MS = 20;

/**
 * Calls `visit` for every item, spread evenly over `seconds`, the first at once. Asks for the items again at each step,
 * so that those which come or go meanwhile count. Ends early once there are none left.
 */
export async function spreadOver<T>(
  items: () => Iterable<T>,
  seconds: number,
  visit: (item: T) => void,
): Promise<void> {
  const visited = new Set<T>();
  const waiting = (): T[] => [...items()].filter((item) => !visited.has(item));
  const end = performance.now() + seconds * 1_000;
  for (let queue = waiting(); queue.length > 0; queue = waiting()) {
    const left = end - performance.now();
    const steps = Math.max(1, Math.min(queue.length, Math.floor(left / STEP_MS)));
    for (const item of queue.slice(0, Math.ceil(queue.length / steps))) {
      visited.add(item);
      visit(item);
    }
    if (left > STEP_MS && waiting().length > 0) await sleep(left / steps);
  }
}
