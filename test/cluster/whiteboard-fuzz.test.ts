import { beforeAll, describe, expect, test } from "vitest";
import { BoardHistory } from "./fuzz/board-history.ts";
import { FaultyCluster } from "./fuzz/faulty-cluster.ts";

/**
 * People draw on three real pods over a real Redis, all of which are killed, stopped, cut off and misled; in the end
 * everybody must have the same board. `SEED=17 npx vitest run --project services FILE` runs one, `SEEDS=1000` more.
 */
const SEEDS = Number(process.env.SEEDS ?? 24);
const GROUP_SIZE = 15;
const seeds = process.env.SEED ? [Number(process.env.SEED)] : Array.from({ length: SEEDS }, (_, index) => index + 1);
const groupOf = (seed: number): number => Math.ceil(seed / GROUP_SIZE);
const groups = [...new Set(seeds.map(groupOf))];

const TROUBLE_MS = 5_000;
/** Of a group, with the time that everything has to come right. */
const GROUP_TIMEOUT_MS = 150_000;

describe.each(groups)("the boards of group %i", (group) => {
  const members = seeds.filter((seed) => groupOf(seed) === group);
  let outcome: Outcome;

  beforeAll(async () => {
    outcome = await run(group, members);
  }, GROUP_TIMEOUT_MS);

  test.each(members)(
    "[W5] [W6] [W7] [W10] are the same for everybody when pods and Redis are well again, with every acknowledged operation on them once: seed %i",
    (seed) => {
      const failure = outcome.failures.get(seed);
      if (failure !== undefined) throw failure;
    },
  );

  test("[W1] [A3] are served by pods that end only when they are told to, and see nothing that nobody foresaw", () => {
    expect(outcome.complaints).toEqual([]);
  });
});

interface Outcome {
  /** By seed. */
  readonly failures: ReadonlyMap<number, Error>;
  readonly complaints: readonly string[];
}

async function run(group: number, members: readonly number[]): Promise<Outcome> {
  await using cluster = await FaultyCluster.start(group);
  const histories = members.map((seed) => new BoardHistory(seed, cluster));
  await Promise.all(histories.map((history) => history.begin()));
  await cluster.trouble(TROUBLE_MS);
  const failures = new Map<number, Error>();
  await Promise.all(
    histories.map(async (history) => {
      await using drawn = history;
      await drawn.check().catch((error: unknown) => failures.set(history.seed, explain(history.seed, error)));
    }),
  );
  return { failures, complaints: cluster.complaints };
}

function explain(seed: number, error: unknown): Error {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new Error(`seed ${seed} fails; run it alone with SEED=${seed}\n${message}`, { cause: error });
}
