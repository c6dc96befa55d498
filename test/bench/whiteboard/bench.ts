import { parseArgs } from "node:util";
import { prepareMachine, tell } from "../machine.ts";
import { collectAims } from "./aims.ts";
import { measureCapacity } from "./capacity.ts";
import { type BoardMemoryRow, measureBoardMemory } from "./memory.ts";
import { printReport } from "./report.ts";
import { measureWire } from "./wire.ts";

const { values: options } = parseArgs({ options: { json: { type: "boolean", default: false } } });

const machine = prepareMachine();
const capacity = await measureCapacity(tell);
const wire = await measureWire(tell);
const memory: BoardMemoryRow[] = [];
for (const server of ["whiteboard", "relay"] as const) {
  tell(`memory: ${server}`);
  memory.push(await measureBoardMemory(server));
}
const result = { ...machine, capacity, wire, memory, aims: collectAims(capacity, wire) };

if (options.json) console.log(JSON.stringify(result, null, 2));
else printReport(result);
process.exit(
  capacity.some(({ server, wrongPeople, p99 }) => server === "whiteboard" && p99 < 1_000 && wrongPeople > 0) ? 1 : 0,
);
