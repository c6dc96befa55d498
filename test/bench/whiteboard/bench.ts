import { parseArgs } from "node:util";
import { prepareMachine, tell } from "../machine.ts";
import { collectAims } from "./aims.ts";
import { measureCapacity } from "./capacity.ts";
import { measureBoardMemory } from "./memory.ts";
import { measurePods, POD_COUNT } from "./pods.ts";
import { printReport } from "./report.ts";
import { measureWire } from "./wire.ts";

/** The first number is the one that has an aim. */
const PODS_PEOPLE = [50, 100] as const;

const { values: options } = parseArgs({
  options: { json: { type: "boolean", default: false }, only: { type: "string" } },
});

/** Measures one part, or nothing when only another part was asked for. */
async function part<T>(name: string, measure: () => Promise<T[]>): Promise<T[]> {
  return options.only === undefined || options.only === name ? measure() : [];
}

/** Measures one case after the other. */
async function each<C, T>(
  cases: readonly C[],
  what: (one: C) => string,
  measure: (one: C) => Promise<T>,
): Promise<T[]> {
  const rows: T[] = [];
  for (const one of cases) {
    tell(what(one));
    rows.push(await measure(one));
  }
  return rows;
}

const machine = prepareMachine();
const capacity = await part("capacity", () => measureCapacity(tell));
const wire = await part("wire", () => measureWire(tell));
const memory = await part("memory", () =>
  each(["whiteboard", "relay"] as const, (server) => `memory: ${server}`, measureBoardMemory),
);
const pods = await part("pods", () =>
  each(PODS_PEOPLE, (people) => `${POD_COUNT} pods over Redis: ${people} people draw`, measurePods),
);
const result = { ...machine, capacity, wire, memory, pods, aims: collectAims(capacity, wire, pods) };

if (options.json) console.log(JSON.stringify(result, null, 2));
else printReport(result);
const isWrong = [...capacity.filter(({ server }) => server === "whiteboard"), ...pods].some(
  ({ wrongPeople, p99 }) => p99 < 1_000 && wrongPeople > 0,
);
process.exit(isWrong ? 1 : 0);
