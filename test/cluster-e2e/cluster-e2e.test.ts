import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/apps.mjs";
import { BOARD_HOST } from "../helpers/kubernetes/board-host.ts";
import { printTable } from "../helpers/table.ts";
import { type CommandOutput, runCommand } from "./command.ts";
import { processOf } from "./container-process.ts";
import { ClusterDeployment, INGRESS, REDIS_OF_TORNADO, REDIS_OF_WB, TORNADO, WB, WORKLOADS } from "./deployment.ts";
import { type FeltRow, printFelt } from "./felt-table.ts";
import { Kubernetes, type Workload } from "./kubernetes.ts";
import { readSettings } from "./settings.ts";
import { Usage } from "./usage.ts";
import { Watch } from "./watch.ts";

/** Of the pods that leave and of those that take their place. */
const SETTLE_MS = 150_000;

/** How long the traffic goes on before something happens: the clients know its pace by then. */
const LEAD_MS = 3_000;

/** How long the traffic goes on when nothing happens, or when all is well again. */
const CALM_MS = 10_000;

const settings = readSettings(process.env);
const kubernetes = new Kubernetes(settings.context);
const deployment = new ClusterDeployment(kubernetes, settings);

let before: { readonly objects: string[]; readonly ingressService: unknown };
let urls: { readonly broadcaster: string; readonly whiteboard: string };
let usage: Usage;
let applied: readonly CommandOutput[];
let isOurs = false;
const rows: FeltRow[] = [];

beforeAll(async () => {
  await deployment.refuseToReplace();
  before = { objects: await deployment.objects(), ingressService: await deployment.ingressService() };
  await deployment.ship();
  isOurs = true;
  const start = performance.now();
  applied = [await deployment.apply("k8s"), await deployment.apply("istio")];
  await deployment.ready();
  console.log(`from nothing to ready: ${((performance.now() - start) / 1_000).toFixed(1)} s`);
  urls = await deployment.urls();
  usage = new Usage(kubernetes, WORKLOADS);
}, 900_000);

afterAll(async () => {
  usage?.[Symbol.dispose]();
  if (rows.length > 0) printFelt(rows);
  if (isOurs) await deployment.delete();
}, 400_000);

type Service = "broadcaster" | "whiteboard";

/** The arguments that lead the probe to a service. */
const addressOf = (service: Service): string[] =>
  service === "broadcaster" ? [urls.broadcaster] : [urls.whiteboard, "--host", BOARD_HOST];

const verify = (...args: readonly string[]) =>
  runCommand(process.execPath, `${root}/apps/probe/bin/crosspod.mjs`, "verify", ...args);

/** The services, with as many clients as the original examples were watched with. */
const SERVICES = [
  {
    service: "broadcaster",
    workload: TORNADO,
    redis: REDIS_OF_TORNADO,
    kubernetesService: "tornado",
    port: 8_888,
    clients: 100,
  },
  { service: "whiteboard", workload: WB, redis: REDIS_OF_WB, kubernetesService: "wb-svc", port: 3_000, clients: 30 },
] as const;

const isServing = ({ isReady, isLeaving }: { isReady: boolean; isLeaving: boolean }): boolean => isReady && !isLeaving;

/** Resolves when a workload has so many pods, all ready, and none that is leaving. */
const settled = (workload: Workload, replicas?: number): Promise<void> =>
  expect
    .poll(
      async () => {
        const pods = await kubernetes.pods(workload);
        return pods.every(isServing) && (replicas === undefined || pods.length === replicas);
      },
      { timeout: SETTLE_MS, interval: 1_000 },
    )
    .toBe(true);

const calm = (): Promise<void> => sleep(CALM_MS);

/** Has something happen while clients are connected and traffic goes on; nothing may be lost of it. */
async function watched(event: string, service: Service, happen: () => Promise<unknown>): Promise<void> {
  const { clients } = SERVICES.find((one) => one.service === service)!;
  await using watch = await Watch.start(...addressOf(service), "--clients", `${clients}`, "--rate", "20");
  await sleep(LEAD_MS);
  await happen();
  await calm();
  const felt = await watch.end();
  rows.push({ event, service, felt });
  expect(felt).toMatchObject({ lost: 0, unacknowledged: 0, repeated: 0, outOfOrder: 0 });
  expect(felt.taken).toBeGreaterThan(0);
}

const restarted = async (workload: Workload): Promise<void> => {
  await kubernetes.run("rollout", "restart", "-n", workload.namespace, `deployment/${workload.deployment}`);
  await kubernetes.rolledOut(workload);
  await settled(workload);
};

const scaled = async (workload: Workload, replicas: number): Promise<void> => {
  const { namespace } = workload;
  await kubernetes.run("scale", "-n", namespace, `deployment/${workload.deployment}`, `--replicas=${replicas}`);
  await kubernetes.rolledOut(workload);
  await settled(workload, replicas);
};

const deletedByForce = async (workload: Workload): Promise<void> => {
  const [pod] = await kubernetes.pods(workload);
  await kubernetes.run("delete", "pod", "-n", workload.namespace, pod!.name, "--grace-period=0", "--force");
  await kubernetes.rolledOut(workload);
  await settled(workload);
};

describe("applied", () => {
  test("nobody complains", () => {
    // A filter of Envoy's is warned of by Istio; a component may have one.
    const warnings = applied.flatMap(({ stderr }) => stderr.split("\n")).filter((line) => line !== "");
    expect(warnings.filter((line) => !line.includes("EnvoyFilter exposes internal"))).toEqual([]);
  });

  test("a second time, nothing changes", async () => {
    for (const folder of ["k8s", "istio"] as const) {
      const { stdout } = await deployment.apply(folder);
      // A budget's selector is always sent; the server makes nothing of it.
      const changed = stdout.split("\n").filter((line) => line !== "" && !line.endsWith(" unchanged"));
      expect(changed.filter((line) => !line.startsWith("poddisruptionbudget"))).toEqual([]);
    }
  });

  test.each(SERVICES)("every check of the $service holds through the ingress gateway", async ({ service }) => {
    await verify(service, ...addressOf(service));
  });

  test.each(SERVICES)(
    "a connection to the $service survives 70 s of silence",
    async ({ service }) => {
      await verify(service, ...addressOf(service), "--idle", "70s");
    },
    120_000,
  );

  test.each(SERVICES)("every check of the $service holds through kubectl port-forward", async (one) => {
    await using forward = await kubernetes.forward(one.workload.namespace, one.kubernetesService, one.port);
    await verify(one.service, `http://127.0.0.1:${forward.port}/`);
  });

  test("every check holds inside of the cluster, as a job", () => kubernetes.runJob("crosspod-verify", "default"));
});

describe.each(SERVICES)("nothing of the $service is lost", ({ service, workload, redis }) => {
  test("when nothing happens", () => watched("nothing happens", service, calm));

  test("by a rollout", () => watched("rollout restart", service, () => restarted(workload)));

  test("when a pod is deleted by force", () =>
    watched("pod deleted by force", service, () => deletedByForce(workload)));

  test("when a process is killed", async ({ skip }) => {
    const [pod] = await kubernetes.pods(workload);
    const pid = processOf(pod!.containerIds.get(workload.container)!);
    if (pid === undefined) return skip("the pods run on another machine");
    await watched("kill -9 of the process", service, async () => {
      process.kill(pid, "SIGKILL");
      await expect
        .poll(async () => (await kubernetes.pods(workload)).some(({ restarts }) => restarts > 0), { timeout: 30_000 })
        .toBe(true);
      await settled(workload);
    });
  });

  test("when it is scaled up and down", async () => {
    const { length: replicas } = await kubernetes.pods(workload);
    await watched("scaled 3 to 5 to 2", service, async () => {
      for (const other of [3, 5, 2]) await scaled(workload, other);
    });
    await scaled(workload, replicas);
  });

  test("when Redis' pod is deleted", () =>
    watched("redis pod deleted", service, async () => {
      const [pod] = await kubernetes.pods(redis);
      await kubernetes.run("delete", "pod", "-n", redis.namespace, pod!.name);
      await kubernetes.rolledOut(redis);
      await Promise.all([settled(redis), settled(workload)]);
    }));

  test("when the ingress gateway is restarted", () =>
    watched("ingress gateway restarted", service, () => restarted(INGRESS)));

  test("when its node is drained, which the budget lets take one pod at a time", () =>
    watched("node drained", service, () => drained(workload)));
});

/** Drains the node of a pod, and sees that there are always enough pods. */
async function drained(workload: Workload): Promise<void> {
  const { length: replicas } = await kubernetes.pods(workload);
  let fewest = replicas;
  let isOver = false;
  const drain = kubernetes.drain(await kubernetes.nodeOf(workload), workload).finally(() => {
    isOver = true;
  });
  while (!isOver) fewest = Math.min(fewest, (await kubernetes.pods(workload)).filter(isServing).length);
  await drain;
  expect(fewest).toBe(replicas - 1);
  await settled(workload, replicas);
}

test("no container went beyond its limits", async () => {
  const pods = (await Promise.all(WORKLOADS.map((workload) => kubernetes.pods(workload)))).flat();
  expect(pods.filter(({ isOutOfMemory }) => isOutOfMemory)).toEqual([]);
  if (usage.problem) console.log(`what the containers take is not known: ${usage.problem}`);
  const peaks = usage.peaks.map(({ container, millicores, mebibytes }) => [
    container,
    `${Math.round(millicores)}m`,
    `${Math.round(mebibytes)}Mi`,
  ]);
  printTable([["container", "CPU at most", "memory at most"], ...peaks]);
});

test("taken away, it leaves the cluster as it was", async () => {
  await deployment.delete();
  await expect.poll(() => deployment.objects(), { timeout: SETTLE_MS, interval: 2_000 }).toEqual(before.objects);
  expect(await deployment.ingressService()).toEqual(before.ingressService);
});
