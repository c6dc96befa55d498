import type { Aim } from "../aim.ts";
import type { MemoryRow } from "./memory.ts";
import type { PeerName } from "./peer.ts";
import { isOf, type Scenario } from "./scenario.ts";
import type { ThroughputRow } from "./throughput.ts";

/** Most memory of a client that is idle; the kernel's socket buffers are not the server's. */
const MAX_BYTES_PER_CLIENT = 10 * 1_024;

/** Most CPU time of a delivery, one update at a time, as a multiple of what one send() in C costs. */
const MAX_RATIO_TO_FLOOR = 1.3;

/** Compares the broadcaster with its peers of the same run. */
export const collectAims = (memory: readonly MemoryRow[], throughput: readonly ThroughputRow[]): readonly Aim[] => [
  ...memoryAims(memory),
  ...throughput.filter(({ peer }) => peer === "broadcaster").map((row) => throughputAim(row, throughput)),
];

const memoryAims = (memory: readonly MemoryRow[]): Aim[] =>
  memory
    .filter(({ peer }) => peer === "broadcaster")
    .flatMap(({ withClients }) => withClients)
    .map(({ clients, bytesPerClient }) => ({
      text: `${clients} idle clients: at most ${MAX_BYTES_PER_CLIENT / 1_024} KiB each`,
      measured: bytesPerClient === undefined ? "not measured" : `${(bytesPerClient / 1_024).toFixed(1)} KiB`,
      isMet: bytesPerClient === undefined ? undefined : bytesPerClient <= MAX_BYTES_PER_CLIENT,
    }));

const throughputAim = (row: ThroughputRow, all: readonly ThroughputRow[]): Aim =>
  row.publishers === "one at a time"
    ? floorAim(row, peerRow(all, row, "floor in C"))
    : burstAim(row, peerRow(all, row, "uWebSockets"));

function floorAim(row: ThroughputRow, floor: ThroughputRow | undefined): Aim {
  const ratio = cpuRatio(row, floor);
  return {
    text: `${row.clients} clients, one at a time: CPU per delivery at most ${MAX_RATIO_TO_FLOOR} times the floor`,
    measured: ratio === undefined ? "not measured" : `${ratio.toFixed(2)} times`,
    isMet: ratio === undefined ? undefined : ratio <= MAX_RATIO_TO_FLOOR,
  };
}

function burstAim(row: ThroughputRow, other: ThroughputRow | undefined): Aim {
  const text = `${row.clients} clients, ${row.publishers} publishers: more deliveries per second than uWebSockets`;
  if (!other) return { text, measured: "not measured", isMet: undefined };
  const rate = row.deliveriesPerSecond / other.deliveriesPerSecond;
  const cpu = cpuRatio(row, other);
  const measured = `${rate.toFixed(2)} times as many${cpu === undefined ? "" : `, each for ${cpu.toFixed(2)} times the CPU`}`;
  return { text, measured, isMet: rate > 1 };
}

/** The row of a peer in the same scenario. */
export const peerRow = (rows: readonly ThroughputRow[], scenario: Scenario, name: PeerName) =>
  rows.find((row) => row.peer === name && isOf(row, scenario));

/** CPU time of a delivery as a multiple of another's. */
export function cpuRatio(row: ThroughputRow, other: ThroughputRow | undefined): number | undefined {
  if (row.cpuMicrosPerDelivery === undefined || other?.cpuMicrosPerDelivery === undefined) return undefined;
  return row.cpuMicrosPerDelivery / other.cpuMicrosPerDelivery;
}
