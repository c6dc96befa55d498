import { describe, expect, test } from "vitest";
import { POLLING_PATH } from "../../apps/probe/src/clients/polling-session.ts";
import { Target } from "../../apps/probe/src/clients/target.ts";
import { DEADLINE_MS } from "../helpers/deadline.ts";
import { BOARD_HOST } from "../helpers/kubernetes/board-host.ts";
import { ProbeRun } from "../helpers/probe/probe-run.ts";
import type { Pod } from "../helpers/service/pod.ts";
import { AppPods } from "./app-pods.ts";
import { changed } from "./changed-istio.ts";
import { type App, addressOf, Mesh } from "./mesh.ts";

const TEST_TIMEOUT_MS = 60_000;

/** What a new client asks for first. */
const FIRST_PATH = { broadcaster: "/", whiteboard: POLLING_PATH } as const;

/** Which metric counts a pod's clients. */
const CLIENTS_METRIC = { broadcaster: "crosspod_feed_clients", whiteboard: "crosspod_board_clients" } as const;

/** As many come at once as are enough to meet every pod, and too fast for the gateway to learn from the first. */
const NEW_CLIENTS = 30;

/** What clients without a cookie are answered that come at the same moment. */
async function statusesOfNewClients(app: App): Promise<number[]> {
  const target = new Target(new URL(addressOf(app)), { host: BOARD_HOST });
  const replies = Array.from({ length: NEW_CLIENTS }, () =>
    target.request(FIRST_PATH[app], AbortSignal.timeout(DEADLINE_MS)),
  );
  return (await Promise.all(replies)).map(({ status }) => status);
}

const startWatch = async (app: App): Promise<ProbeRun> => {
  const run = new ProbeRun("watch", addressOf(app), "--host", BOARD_HOST, "--for", "1m");
  await run.untilTraffic();
  return run;
};

/** Waits until all clients are on these pods, and looks what they felt. */
async function expectNothingLost(run: ProbeRun, pods: readonly Pod[]): Promise<void> {
  await run.untilProgress(new RegExp(`: ${pods.length} pods?, .* [1-9]\\d* reconnects?,`));
  run.interrupt();
  expect(await run.exited, [...run.lines, ...run.errors].join("\n")).toBe(0);
  expect(run.lineOf("lost")).toBe("  lost         0");
  expect(run.lineOf("repeated")).toBe("  repeated     0");
  expect(run.lineOf("out of order")).toBe("  out of order 0");
  expect(run.lineOf("clients")).toMatch(new RegExp(`: ${pods.map(({ name }) => name).join(", ")}$`));
}

describe.each([
  { app: "broadcaster", names: ["feed-a", "feed-b"] },
  { app: "whiteboard", names: ["board-a", "board-b", "board-c"] },
] as const)("crosspod watch of the $app through the gateway", { timeout: TEST_TIMEOUT_MS }, ({ app, names }) => {
  test("loses nothing when a pod is no longer listed, which cuts nobody, and then moves its clients", async () => {
    await using pods = await AppPods.start(app, ...names);
    await using mesh = await Mesh.up({ [app]: pods.all });
    using run = await startWatch(app);
    const [leaving, ...staying] = pods.all;
    const before = await leaving!.metric(CLIENTS_METRIC[app]);
    await mesh.list({ [app]: staying });
    expect(await leaving!.metric(CLIENTS_METRIC[app])).toBe(before);
    leaving!.process.kill("SIGTERM");
    expect(await leaving!.process.exited()).toBe(0);
    await expectNothingLost(run, staying);
    expect(run.lineOf("taken")).toContain("; not taken 0;");
  });

  test("loses nothing when a pod is killed that stays listed, and no new client is answered with 503", async () => {
    await using pods = await AppPods.start(app, ...names);
    await using _mesh = await Mesh.up({ [app]: pods.all });
    using run = await startWatch(app);
    const [killed, ...others] = pods.all;
    killed!.process.kill("SIGKILL");
    await killed!.process.exited();
    expect(new Set(await statusesOfNewClients(app))).toEqual(new Set([200]));
    await expectNothingLost(run, others);
  });
});

test("without retryIgnorePreviousHosts a pod that is killed and stays listed costs new clients a 503", async () => {
  await using pods = await AppPods.start("whiteboard", "board-a", "board-b", "board-c");
  const istio = changed("VirtualService", "istio-wb-server/istio-wb-vs", ({ http }) => {
    delete http[0].retries.retryIgnorePreviousHosts;
  });
  await using _mesh = await Mesh.up({ whiteboard: pods.all }, istio);
  pods.all[0]!.process.kill("SIGKILL");
  await pods.all[0]!.process.exited();
  expect(await statusesOfNewClients("whiteboard")).toContain(503);
});
