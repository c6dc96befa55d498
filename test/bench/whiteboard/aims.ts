import type { Aim } from "../aim.ts";
import { type CapacityRow, isHeld, MAX_P99_MS } from "./capacity.ts";
import { POD_COUNT, type PodsRow } from "./pods.ts";
import { WIRE_PEOPLE, type WireRow } from "./wire.ts";

/** People who draw on one board that one core serves in time. */
const MIN_PEOPLE = 300;

/** Most bytes to a watcher for a sample, with one person who draws and with several. */
const MAX_BYTES_WITH_ONE = 24;
const MAX_BYTES_WITH_SEVERAL = 16;

/** Slowest deliveries over several pods. */
const MAX_PODS_P95_MS = 100;
const MAX_PODS_P99_MS = 250;

/** Where it took longer than this to draw the recording, servers waited too, and the bytes are too few to count. */
const MAX_SLOWNESS = 1.2;

/** Compares the whiteboard with what it should reach. Pointers are measured beside: what they cost is told apart. */
export const collectAims = (
  capacity: readonly CapacityRow[],
  wire: readonly WireRow[],
  pods: readonly PodsRow[],
): readonly Aim[] => [
  ...(capacity.length > 0 ? [capacityAim(capacity)] : []),
  ...(wire.length > 0 ? WIRE_PEOPLE.map((people) => wireAim(wire, people)) : []),
  ...pods.slice(0, 1).map(podsAim),
];

function capacityAim(rows: readonly CapacityRow[]): Aim {
  const held = mostPeople(rows, { server: "whiteboard", pointers: false });
  const relay = mostPeople(rows, { server: "relay", pointers: false });
  return {
    text: `one core holds ${MIN_PEOPLE} people who draw on one board, p99 below ${MAX_P99_MS} ms`,
    measured: `${held ?? "fewer than measured"}; the relay ${relay ?? "fewer than measured"}`,
    isMet: (held ?? 0) >= MIN_PEOPLE,
  };
}

/** The most people of the measured numbers who were served in time; undefined when none was. */
export function mostPeople(
  rows: readonly CapacityRow[],
  { server, pointers }: Pick<CapacityRow, "server" | "pointers">,
): number | undefined {
  const held = rows.filter((row) => row.server === server && row.pointers === pointers && isHeld(row));
  return held.at(-1)?.people;
}

function wireAim(rows: readonly WireRow[], people: number): Aim {
  const max = people === 1 ? MAX_BYTES_WITH_ONE : MAX_BYTES_WITH_SEVERAL;
  const row = rows.find((row) => row.server === "whiteboard" && row.people === people && !row.pointers);
  return {
    text: `${people} people draw: at most ${max} bytes a sample to one who watches`,
    measured: row ? row.down.toFixed(1) : "not measured",
    isMet: row && row.slowness <= MAX_SLOWNESS ? row.down <= max : undefined,
  };
}

const podsAim = ({ people, p95, p99, wrongPeople }: PodsRow): Aim => ({
  text: `${people} people over ${POD_COUNT} pods: p95 below ${MAX_PODS_P95_MS} ms, p99 below ${MAX_PODS_P99_MS} ms`,
  measured: `${p95.toFixed(1)} and ${p99.toFixed(1)}`,
  isMet: wrongPeople === 0 && p95 < MAX_PODS_P95_MS && p99 < MAX_PODS_P99_MS,
});
