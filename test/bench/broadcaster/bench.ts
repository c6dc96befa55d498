import { parseArgs } from "node:util";
import { prepareMachine, tell } from "../machine.ts";
import { collectAims } from "./aims.ts";
import { type MemoryRow, measureMemory } from "./memory.ts";
import { findPeers, isAvailable } from "./peer.ts";
import { printReport } from "./report.ts";
import { measureThroughput } from "./throughput.ts";

/** Odd, so that the median is a run that took place. */
const DEFAULT_ROUNDS = 3;

const { values: options } = parseArgs({
  options: { json: { type: "boolean", default: false }, rounds: { type: "string", default: `${DEFAULT_ROUNDS}` } },
});

const { pinned } = prepareMachine();

const peers = findPeers();
for (const peer of peers) if (!isAvailable(peer)) tell(`${peer.name}: not installed (${peer.missing})`);
const available = peers.filter(isAvailable);

const memory: MemoryRow[] = [];
for (const peer of available) {
  tell(`memory: ${peer.name}`);
  memory.push(await measureMemory(peer));
}
const throughput = await measureThroughput(available, Number(options.rounds), tell);
const result = { pinned, memory, throughput, aims: collectAims(memory, throughput) };

if (options.json) console.log(JSON.stringify(result, null, 2));
else printReport(result);
process.exit(throughput.some(({ wrongClients }) => wrongClients > 0) ? 1 : 0);
