import type { Aim } from "../aim.ts";
import type { BoardServerName } from "./board-server.ts";
import { type CapacityRow, isDisturbed, isHeld, MAX_P99_MS } from "./capacity.ts";
import { POD_COUNT, type PodsRow } from "./pods.ts";
import { WIRE_PEOPLE, type WireRow } from "./wire.ts";

/** People who draw on one board that one core serves in time. */
const MIN_PEOPLE = 300;
/** The same, as a multiple of what the last release holds. */
const MIN_TIMES_LAST_RELEASE = 1.6;

/** Most bytes to a watcher for a sample. */
const MAX_BYTES = 16;

/** Two runs of the same code differ by this much: which samples share a message depends on the moment. */
const BYTES_NOISE = 1.02;
/** From so many people on bytes count; where few draw each sample is sent at once, with a message around it. */
const FROM_PEOPLE = 10;

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
  ...(capacity.length > 0 ? [capacityAim(capacity), capacityGainAim(capacity)] : []),
  ...(wire.length > 0
    ? WIRE_PEOPLE.filter((people) => people >= FROM_PEOPLE).flatMap((n) => [wireAim(wire, n), wireGainAim(wire, n)])
    : []),
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

function capacityGainAim(rows: readonly CapacityRow[]): Aim {
  const today = holding(rows, "whiteboard");
  const before = holding(rows, "last release");
  const times = today.people / before.people;
  return {
    text: `one core holds at least ${MIN_TIMES_LAST_RELEASE} times as many as in the last release`,
    measured: Number.isNaN(times)
      ? "one of them held fewer than measured"
      : `${times.toFixed(2)} times: ${today.people.toFixed(0)} and ${before.people.toFixed(0)}`,
    isMet: today.isSure && before.isSure ? times >= MIN_TIMES_LAST_RELEASE : undefined,
  };
}

/** How many people a server holds, between the numbers that were measured, and whether its own doing decided that. */
function holding(rows: readonly CapacityRow[], server: BoardServerName): { people: number; isSure: boolean } {
  const series = rows.filter((row) => row.server === server && !row.pointers);
  const lastHeld = series.findLastIndex(isHeld);
  const [held, late] = [series[lastHeld], series[lastHeld + 1]];
  if (!held) return { people: Number.NaN, isSure: false };
  // Who got something wrong was not merely late: nothing is known of the numbers in between.
  if (!late || !(late.p99 > MAX_P99_MS)) return { people: held.people, isSure: true };
  const share = (MAX_P99_MS - held.p99) / (late.p99 - held.p99);
  return { people: held.people + share * (late.people - held.people), isSure: !isDisturbed(late) };
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
  const row = rows.find((row) => row.server === "whiteboard" && row.people === people && !row.pointers);
  return {
    text: `${people} people draw: at most ${MAX_BYTES} bytes a sample to one who watches`,
    measured: row ? row.down.toFixed(1) : "not measured",
    isMet: row && row.slowness <= MAX_SLOWNESS ? row.down <= MAX_BYTES : undefined,
  };
}

function wireGainAim(rows: readonly WireRow[], people: number): Aim {
  const rowOf = (server: BoardServerName): WireRow | undefined =>
    rows.find((row) => row.server === server && row.people === people && !row.pointers);
  const [today, before] = [rowOf("whiteboard"), rowOf("last release")];
  return {
    text: `${people} people draw: no more bytes a sample to one who watches than in the last release`,
    measured: today && before ? `${today.down.toFixed(1)} and ${before.down.toFixed(1)}` : "not measured",
    // Both were drawn on at the same time: what slowed one slowed the other.
    isMet: today && before ? today.down <= before.down * BYTES_NOISE : undefined,
  };
}

const podsAim = ({ people, p95, p99, wrongPeople }: PodsRow): Aim => ({
  text: `${people} people over ${POD_COUNT} pods: p95 below ${MAX_PODS_P95_MS} ms, p99 below ${MAX_PODS_P99_MS} ms`,
  measured: `${p95.toFixed(1)} and ${p99.toFixed(1)}`,
  isMet: wrongPeople === 0 && p95 < MAX_PODS_P95_MS && p99 < MAX_PODS_P99_MS,
});
