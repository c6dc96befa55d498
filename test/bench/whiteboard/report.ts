import { inUnits, printTable } from "../../helpers/table.ts";
import { type Aim, printAims } from "../aim.ts";
import { type CapacityRow, isHeld } from "./capacity.ts";
import { type BoardMemoryRow, MEMORY_PEOPLE } from "./memory.ts";
import { POD_COUNT, type PodsRow } from "./pods.ts";
import type { WireRow } from "./wire.ts";

const MIB = 1_048_576;

/** Prints what was measured as tables for a terminal; what was not measured is left out. */
export function printReport(result: {
  readonly capacity: readonly CapacityRow[];
  readonly wire: readonly WireRow[];
  readonly memory: readonly BoardMemoryRow[];
  readonly pods: readonly PodsRow[];
  readonly aims: readonly Aim[];
}): void {
  if (result.capacity.length > 0) {
    console.log(
      "\nPeople who draw on one board and see all of it, 60 samples a second each; times from send to arrival",
    );
    printTable(capacityTable(result.capacity));
    console.log("kept waiting: share of the time in which the server had work and others had its core");
  }
  if (result.wire.length > 0) {
    console.log("\nBytes on the wire for a pointer sample of the recording");
    printTable(wireTable(result.wire));
    console.log("slower: how many times as long as in the recording it took to draw it, because the machine was busy");
  }
  if (result.memory.length > 0) {
    console.log("\nResident memory, in MiB");
    printTable(memoryTable(result.memory));
  }
  if (result.pods.length > 0) {
    console.log(`\nPeople on ${POD_COUNT} pods over one Redis; times from send until a watcher on any pod can show it`);
    printTable(podsTable(result.pods));
  }
  printAims(result.aims);
}

const capacityTable = (rows: readonly CapacityRow[]): string[][] => [
  [
    "server",
    "people",
    "pointers",
    "samples/s",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "server's core",
    "kept waiting",
    "generator",
    "wrong",
    "",
  ],
  ...rows.map((row) => [
    row.server,
    `${row.people}`,
    row.pointers ? "shown" : "",
    row.samplesPerSecond.toFixed(0),
    ...[row.p50, row.p95, row.p99].map((ms) => ms.toFixed(1)),
    percent(row.serverBusy),
    percent(row.serverKeptWaiting),
    percent(row.generatorBusy),
    `${row.wrongPeople}`,
    isHeld(row) ? "holds" : "LATE",
  ]),
];

const wireTable = (rows: readonly WireRow[]): string[][] => [
  ["server", "people", "pointers", "down, to a watcher", "down, to a drawer", "up", "slower"],
  ...rows.map(({ server, people, pointers, down, downToDrawer, up, slowness }) => [
    server,
    `${people}`,
    pointers ? "shown" : "",
    ...[down, downToDrawer, up].map((bytes) => bytes.toFixed(1)),
    `${slowness.toFixed(2)} times`,
  ]),
];

const memoryTable = (rows: readonly BoardMemoryRow[]): string[][] => [
  ["server", "idle", `${MEMORY_PEOPLE} connected`, "they draw", "they have drawn", "samples by then"],
  ...rows.map(({ server, alone, connected, drawing, drawn, samples }) => [
    server,
    ...[alone, connected].map((bytes) => inUnits(bytes, MIB)),
    ...[drawing, drawn].map((bytes) => (samples > 0 ? inUnits(bytes, MIB) : "")),
    samples > 0 ? `${samples}` : "",
  ]),
];

const podsTable = (rows: readonly PodsRow[]): string[][] => [
  [
    "people",
    "samples/s",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "pods' cores",
    "kept waiting",
    "Redis requests/sample",
    "commands/sample",
    "MiB a pod",
    "wrong",
  ],
  ...rows.map((row) => [
    `${row.people}`,
    row.samplesPerSecond.toFixed(0),
    ...[row.p50, row.p95, row.p99].map((ms) => ms.toFixed(1)),
    percent(row.podsBusy),
    percent(row.podsKeptWaiting),
    row.redisRequests.toFixed(3),
    row.redisCommands.toFixed(2),
    inUnits(row.podMemory, MIB),
    `${row.wrongPeople}`,
  ]),
];

const percent = (share: number | undefined): string => (share === undefined ? "?" : `${(share * 100).toFixed(0)}%`);
