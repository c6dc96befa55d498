import { inUnits, printTable } from "../../helpers/table.ts";
import { type Aim, printAims } from "../aim.ts";
import { cpuRatio, peerRow } from "./aims.ts";
import type { MemoryRow } from "./memory.ts";
import type { ThroughputRow } from "./throughput.ts";

/** Above this share the load generator may be what limited a rate; CPU per delivery is still right. */
const GENERATOR_LIMIT = 0.9;

/** Prints what was measured as tables for a terminal. */
export function printReport(result: {
  readonly memory: readonly MemoryRow[];
  readonly throughput: readonly ThroughputRow[];
  readonly aims: readonly Aim[];
}): void {
  console.log("\nResident memory, in MiB, and what each idle client adds, in KiB");
  printTable(memoryTable(result.memory));
  console.log("\nThroughput (x: a server's figure divided by the broadcaster's)");
  printTable(throughputTable(result.throughput));
  console.log(
    `\n* the load generator was busy more than ${GENERATOR_LIMIT * 100}% of the time and may have limited the rate`,
  );
  printAims(result.aims);
}

function memoryTable(rows: readonly MemoryRow[]): string[][] {
  const counts = rows[0]?.withClients.map(({ clients }) => clients) ?? [];
  const header = ["server", "idle", ...counts.flatMap((clients) => [`${clients} clients`, "a client"])];
  const lines = rows.map(({ peer, idleBytes, withClients }) => [
    peer,
    inUnits(idleBytes, 1_048_576),
    ...withClients.flatMap(({ bytes, bytesPerClient }) => [inUnits(bytes, 1_048_576), inUnits(bytesPerClient, 1_024)]),
  ]);
  return [header, ...lines];
}

function throughputTable(rows: readonly ThroughputRow[]): string[][] {
  const header = [
    "clients",
    "publishers",
    "server",
    "updates/s",
    "deliveries/s",
    "x",
    "CPU µs/delivery",
    "x",
    "delivered",
    "wrong",
  ];
  const lines = rows.map((row) => {
    const own = peerRow(rows, row, "broadcaster");
    const cpu = own && cpuRatio(row, own);
    return [
      `${row.clients}`,
      `${row.publishers}`,
      row.peer,
      row.updatesPerSecond.toFixed(0),
      `${row.deliveriesPerSecond.toFixed(0)}${row.generatorBusy > GENERATOR_LIMIT ? "*" : ""}`,
      own ? (row.deliveriesPerSecond / own.deliveriesPerSecond).toFixed(2) : "",
      row.cpuMicrosPerDelivery?.toFixed(2) ?? "?",
      cpu?.toFixed(2) ?? "",
      `${(row.deliveredShare * 100).toFixed(0)}%`,
      `${row.wrongClients}`,
    ];
  });
  return [header, ...lines];
}
