import type { WireMeter } from "./wire-meter.ts";

/** Bytes of WebSocket frames with their headers, without those of TCP and IP. */
export interface WireBytes {
  /** To one who watches, for each sample that anybody drew. */
  readonly down: number;
  /** To one who draws, for each sample that anybody drew: with the answers to what this person sent. */
  readonly downToDrawer: number;
  /** From one who draws, for each sample of that person's. */
  readonly up: number;
  /** How many times as long as in the recording it took to draw it: more than 1 where the machine was busy. */
  readonly slowness: number;
}

/**
 * Counts what goes over the wires of one who watches and of those who draw, while they draw.
 * @param draw resolves with {@link WireBytes.slowness}.
 */
export async function countBytes(
  wires: { readonly watching: WireMeter; readonly drawing: readonly WireMeter[] },
  samples: number,
  draw: () => Promise<number>,
): Promise<WireBytes> {
  const { watching, drawing } = wires;
  const total = (way: "up" | "down"): number => drawing.reduce((sum, meter) => sum + meter[way], 0);
  const before = { down: watching.down, downToDrawers: total("down"), up: total("up") };
  const slowness = await draw();
  return {
    down: (watching.down - before.down) / samples,
    downToDrawer: (total("down") - before.downToDrawers) / samples / drawing.length,
    up: (total("up") - before.up) / samples,
    slowness,
  };
}

/** Resolves when a condition holds; rejects when it takes too long. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`${what} did not come about in ${DEADLINE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

const DEADLINE_MS = 10_000;
const POLL_MS = 5;
