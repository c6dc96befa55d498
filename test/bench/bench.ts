import { availableParallelism, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { collectAims } from "./aims.ts";
import { pinGenerator } from "./cores.ts";
import { type MemoryRow, measureMemory } from "./memory.ts";
import { findPeers, isAvailable } from "./peer.ts";
import { printReport } from "./report.ts";
import { ServerProcess } from "./server-process.ts";
import { measureThroughput } from "./throughput.ts";

/** Odd, so that the median is a run that took place. */
const DEFAULT_ROUNDS = 3;

const { values: options } = parseArgs({
  options: { json: { type: "boolean", default: false }, rounds: { type: "string", default: `${DEFAULT_ROUNDS}` } },
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    ServerProcess.killAll();
    process.exit(1);
  });
}
process.on("exit", () => ServerProcess.killAll());

const tell = (line: string): void => void process.stderr.write(`${line}\n`);
const pinned = pinGenerator();
tell(pinned ? "servers run on core 0, the load on core 1" : "servers and load share the cores: compare with care");
if ((loadavg()[0] ?? 0) > availableParallelism() / 2) {
  tell("the machine is busy with something else: compare CPU per delivery, not rates");
}

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
