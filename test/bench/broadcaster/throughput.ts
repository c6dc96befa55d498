import { setTimeout as sleep } from "node:timers/promises";
import { median } from "../median.ts";
import { ServerProcess } from "../server-process.ts";
import { Fleet } from "./fleet.ts";
import type { AvailablePeer, PeerName } from "./peer.ts";
import { Publisher } from "./publisher.ts";
import { CLIENT_COUNTS, isOf, type Scenario, scenariosWith } from "./scenario.ts";

/** Once for each server, so that what is measured is compiled code; and once more for each scenario. */
const COMPILE_MS = 1_500;
const COMPILE_PUBLISHERS = 64;
const WARM_UP_MS = 300;

const MEASURE_MS = 1_200;

/** How long the clients have for what is still under way when the publishers have stopped. */
const FINAL_VALUES_DEADLINE_MS = 10_000;

const FINAL_VALUE = "final";

/** What a server did in a scenario: the median of the rounds. */
export interface ThroughputRow extends Scenario, Sample {
  readonly peer: PeerName;
}

interface Sample {
  readonly updatesPerSecond: number;
  readonly deliveriesPerSecond: number;
  /**
   * CPU time of the server for each message that came to a client, in microseconds; undefined where it cannot be read.
   */
  readonly cpuMicrosPerDelivery: number | undefined;
  /** Messages that came, of all updates times all clients; below 1 where slow clients got newer values only. */
  readonly deliveredShare: number;
  /** Share of its time that the load generator was busy: near 1 it may have been what limited the rate. */
  readonly generatorBusy: number;
  /** Clients that did not end with the newest value of each id, or got an older one after it. */
  readonly wrongClients: number;
}

/** Runs every scenario on every peer, the peers in turn so that noise meets all of them, and takes the median. */
export async function measureThroughput(
  peers: readonly AvailablePeer[],
  rounds: number,
  tell: (line: string) => void,
): Promise<ThroughputRow[]> {
  const samples = new Map<string, { scenario: Scenario; peer: PeerName; samples: Sample[] }>();
  for (let round = 1; round <= rounds; round += 1) {
    for (const clients of CLIENT_COUNTS) {
      for (const peer of peers) {
        tell(`round ${round} of ${rounds}: ${peer.name}, ${clients} clients`);
        for (const { scenario, sample } of await measurePeer(peer, clients)) {
          const key = JSON.stringify([scenario, peer.name]);
          const row = samples.get(key) ?? { scenario, peer: peer.name, samples: [] };
          samples.set(key, row);
          row.samples.push(sample);
        }
      }
    }
  }
  const rows = [...samples.values()].map(({ scenario, peer, samples }) => ({
    ...scenario,
    peer,
    ...medianOf(samples),
  }));
  return CLIENT_COUNTS.flatMap(scenariosWith).flatMap((scenario) => rows.filter((row) => isOf(row, scenario)));
}

async function measurePeer(peer: AvailablePeer, clients: number): Promise<{ scenario: Scenario; sample: Sample }[]> {
  const server = await ServerProcess.start(peer.launch);
  const fleet = new Fleet(server.port);
  try {
    await fleet.growTo(clients);
    await warmUp(server, fleet);
    const measured: { scenario: Scenario; sample: Sample }[] = [];
    for (const scenario of scenariosWith(clients)) {
      measured.push({ scenario, sample: await measureScenario(server, fleet, scenario) });
    }
    return measured;
  } finally {
    fleet.leave();
    await server.stop();
  }
}

async function warmUp(server: ServerProcess, fleet: Fleet): Promise<void> {
  const writers = await Publisher.connectAll(server.port, COMPILE_PUBLISHERS);
  await publishBackToBack(writers, fleet, COMPILE_MS);
  await settleOnFinalValues(writers, fleet);
  for (const writer of writers) writer.leave();
}

async function measureScenario(server: ServerProcess, fleet: Fleet, { publishers }: Scenario): Promise<Sample> {
  const oneAtATime = publishers === "one at a time";
  const writers = await Publisher.connectAll(server.port, oneAtATime ? 1 : publishers);
  const publish = oneAtATime ? publishOneAtATime : publishBackToBack;
  await publish(writers, fleet, WARM_UP_MS);
  await settleOnFinalValues(writers, fleet);

  const before = reading(server, fleet);
  const updates = await publish(writers, fleet, MEASURE_MS);
  const wrongClients = await settleOnFinalValues(writers, fleet);
  const after = reading(server, fleet);

  for (const writer of writers) writer.leave();
  const seconds = after.seconds - before.seconds;
  const deliveries = after.deliveries - before.deliveries;
  const allUpdates = updates + writers.length;
  return {
    updatesPerSecond: allUpdates / seconds,
    deliveriesPerSecond: deliveries / seconds,
    cpuMicrosPerDelivery: cpuMicros(before, after, deliveries),
    deliveredShare: deliveries / (allUpdates * fleet.size),
    generatorBusy: (after.generatorSeconds - before.generatorSeconds) / seconds,
    wrongClients,
  };
}

async function publishOneAtATime(writers: readonly Publisher[], fleet: Fleet, duration: number): Promise<number> {
  const end = performance.now() + duration;
  let updates = 0;
  while (performance.now() < end) {
    const everyone = fleet.reaches(fleet.deliveries + fleet.size);
    await Promise.all([writers[0]?.publish(), everyone]);
    updates += 1;
  }
  return updates;
}

async function publishBackToBack(writers: readonly Publisher[], _fleet: Fleet, duration: number): Promise<number> {
  const end = performance.now() + duration;
  let updates = 0;
  const publish = async (writer: Publisher): Promise<void> => {
    while (performance.now() < end) {
      await writer.publish();
      updates += 1;
    }
  };
  await Promise.all(writers.map(publish));
  return updates;
}

/**
 * Gives each id a last value and waits until every client has all of them, which also means that nothing is under way
 * any more. Returns how many clients did not get there in time, or got an older value of an id after its last.
 */
async function settleOnFinalValues(writers: readonly Publisher[], fleet: Fleet): Promise<number> {
  const missing = Array.from({ length: fleet.size }, () => new Set(writers.keys()));
  const overtaken = new Set<number>();
  let unsettled = fleet.size;
  let settled: () => void = () => {};
  const allSettled = new Promise<void>((resolve) => {
    settled = resolve;
  });
  fleet.inspect((client, text) => {
    const { id, value } = JSON.parse(text) as { id: string; value: string };
    const ids = missing[client];
    const writer = Number(id) - 1;
    if (value !== FINAL_VALUE) {
      if (ids && !ids.has(writer)) overtaken.add(client);
    } else if (ids?.delete(writer) && ids.size === 0) {
      unsettled -= 1;
      if (unsettled === 0) settled();
    }
  });
  await Promise.all(writers.map((writer) => writer.publish(FINAL_VALUE)));
  await Promise.race([allSettled, sleep(FINAL_VALUES_DEADLINE_MS, undefined, { ref: false })]);
  fleet.stopInspecting();
  return unsettled + overtaken.size;
}

interface Reading {
  readonly seconds: number;
  readonly deliveries: number;
  readonly serverSeconds: number | undefined;
  readonly generatorSeconds: number;
}

function reading(server: ServerProcess, fleet: Fleet): Reading {
  const { user, system } = process.cpuUsage();
  return {
    seconds: performance.now() / 1_000,
    deliveries: fleet.deliveries,
    serverSeconds: server.cpuSeconds(),
    generatorSeconds: (user + system) / 1_000_000,
  };
}

function cpuMicros(before: Reading, after: Reading, deliveries: number): number | undefined {
  if (before.serverSeconds === undefined || after.serverSeconds === undefined) return undefined;
  return ((after.serverSeconds - before.serverSeconds) * 1_000_000) / deliveries;
}

function medianOf(samples: readonly Sample[]): Sample {
  const cpu = samples.flatMap(({ cpuMicrosPerDelivery }) => cpuMicrosPerDelivery ?? []);
  return {
    updatesPerSecond: median(samples.map((sample) => sample.updatesPerSecond)),
    deliveriesPerSecond: median(samples.map((sample) => sample.deliveriesPerSecond)),
    cpuMicrosPerDelivery: cpu.length > 0 ? median(cpu) : undefined,
    deliveredShare: median(samples.map((sample) => sample.deliveredShare)),
    generatorBusy: median(samples.map((sample) => sample.generatorBusy)),
    wrongClients: Math.max(...samples.map((sample) => sample.wrongClients)),
  };
}
