import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { parseConfig } from "../../apps/broadcaster/src/server/config.ts";
import { root } from "../../scripts/apps.mjs";
import { readComponent, readKustomization, readManifests } from "../helpers/kubernetes/kustomize.ts";
import { findManifest, matches } from "../helpers/kubernetes/manifests.ts";
import { countedSeriesOf, metricsOf } from "../helpers/kubernetes/promql.ts";
import { freePort } from "../helpers/network/free-port.ts";
import { metricNamesIn, readMetrics } from "../helpers/service/metrics.ts";
import { Pod } from "../helpers/service/pod.ts";

const COMPONENT = "k8s/components/monitoring";
const KUBERNETES = readManifests("k8s");
const MONITORING = readComponent(COMPONENT);

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

const ALERTS: Alert[] = findManifest(MONITORING, "PrometheusRule", "default/crosspod").spec.groups.flatMap(
  ({ rules }: { rules: Alert[] }) => rules,
);
const DASHBOARD = JSON.parse(readFileSync(`${root}/${COMPONENT}/crosspod.json`, "utf8"));
const PANELS: Panel[] = DASHBOARD.panels;
const RUNBOOK = readFileSync(`${root}/docs/operations/runbook.md`, "utf8");

let metrics = "";
let exposed: ReadonlySet<string>;

beforeAll(async () => {
  // Over a Redis, which need not be there: some metrics are of several pods only.
  const environment = { REDIS_URL: `redis://127.0.0.1:${await freePort()}` };
  for (const app of ["broadcaster", "whiteboard"]) {
    await using pod = await Pod.start(app, "pod-a", environment);
    metrics += await readMetrics(pod.adminUrl);
  }
  exposed = new Set(metricNamesIn(metrics));
});

/** Metrics of an expression that no service exposes. */
const unknownIn = (expression: string): string[] => metricsOf(expression).filter((name) => !exposed.has(name));

describe.each(MONITORING.filter(({ kind }) => kind === "PodMonitor"))("the monitor $metadata.name", (monitor) => {
  test("selects the pods of its service, and asks the admin port", () => {
    const { metadata, spec } = monitor;
    const { template } = findManifest(KUBERNETES, "Deployment", `${metadata.namespace}/${metadata.name}`).spec;
    expect(matches(template.metadata.labels, spec.selector.matchLabels)).toBe(true);
    const ports = template.spec.containers[0].ports.map(({ name }: { name: string }) => name);
    expect(spec.podMetricsEndpoints).toMatchObject([{ port: "admin", path: "/metrics" }]);
    expect(ports).toContain("admin");
  });
});

describe("the alerts", () => {
  test.each(ALERTS)("$alert asks for metrics that there are", ({ expr }) => {
    expect(metricsOf(expr)).not.toEqual([]);
    expect(unknownIn(expr)).toEqual([]);
  });

  test.each(ALERTS)("$alert says what it is, what it means, and what to do", ({ annotations, labels }) => {
    expect(Object.keys(annotations)).toEqual(["summary", "description", "action"]);
    expect(["critical", "warning"]).toContain(labels.severity);
  });

  test.each(ALERTS)(
    "$alert sees the first of what it counts, since each number is there from the start",
    ({ expr }) => {
      const lines = metrics.split("\n");
      const isThere = (series: string): boolean =>
        lines.some((line) => line.startsWith(`${series} `) || line.startsWith(`${series}{`));
      expect(countedSeriesOf(expr).filter((series) => !isThere(series))).toEqual([]);
    },
  );

  test("each have a section in the runbook, and no other has one", () => {
    const names = new Set(ALERTS.map(({ alert }) => alert));
    expect([...RUNBOOK.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading).sort()).toEqual([...names].sort());
  });

  test("are told apart by their names and labels", () => {
    const names = ALERTS.map(({ alert, labels }) => `${alert} ${labels.service ?? ""}`);
    expect(new Set(names).size).toBe(names.length);
  });

  /** The number that an alert's metric is compared with. */
  const thresholdOf = (alert: string, service?: string): string | undefined =>
    ALERTS.find((each) => each.alert === alert && each.labels.service === service)?.expr.match(
      /[<>] ([\d.* ]*\d)/,
    )?.[1];

  test("know how many pods there should be, and how much memory and how many clients a pod may have", () => {
    const tornado = findManifest(KUBERNETES, "Deployment", "default/tornado").spec;
    const wb = findManifest(KUBERNETES, "Deployment", "istio-wb-server/wb").spec;
    expect(thresholdOf("CrosspodPodsMissing", "broadcaster")).toBe(`${tornado.replicas}`);
    expect(thresholdOf("CrosspodPodsMissing", "whiteboard")).toBe(`${wb.replicas}`);
    for (const { template } of [tornado, wb]) {
      expect(template.spec.containers[0].resources.limits.memory).toBe("256Mi");
    }
    expect(thresholdOf("CrosspodMemoryNearLimit")).toBe("0.9 * 256 * 1024 * 1024");
    expect(thresholdOf("CrosspodClientsNearLimit")).toBe(`${0.9 * parseConfig({}).maxConnections}`);
  });
});

describe("the dashboard", () => {
  test("comes in a ConfigMap that Grafana finds", () => {
    expect(readKustomization(COMPONENT).configMapGenerator).toMatchObject([
      { files: ["crosspod.json"], options: { disableNameSuffixHash: true, labels: { grafana_dashboard: "1" } } },
    ]);
  });

  test.each(PANELS.filter(({ type }) => type !== "row"))("$title asks for metrics that there are", (panel) => {
    const { targets = [], datasource } = panel;
    expect(targets).not.toEqual([]);
    expect(datasource?.uid).toMatch(/^\$\{datasource\}$/);
    for (const { expr } of targets) {
      expect(unknownIn(expr)).toEqual([]);
      expect(expr).toContain('{namespace=~"$namespace", pod=~"$pod"}');
    }
  });

  test("has the variables that its panels name", () => {
    const names = DASHBOARD.templating.list.map(({ name }: { name: string }) => name);
    expect(names).toEqual(["datasource", "namespace", "pod"]);
  });

  test("has a place of its own for each panel", () => {
    expect(new Set(PANELS.map(({ id }) => id)).size).toBe(PANELS.length);
    const cells = PANELS.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => [x + (index % w), y + Math.floor(index / w)] as const),
    );
    expect(Math.max(...cells.map(([x]) => x))).toBeLessThan(24);
    expect(new Set(cells.map(String)).size).toBe(cells.length);
  });

  test("shows every metric that is crosspod's own", () => {
    const shown = new Set(PANELS.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => metricsOf(expr))));
    const parts = (name: string): string[] => [name, name.replace(/_(sum|count)$/, "_bucket")];
    const missing = [...exposed].filter(
      (name) => name.startsWith("crosspod_") && !parts(name).some((n) => shown.has(n)),
    );
    expect(missing).toEqual([]);
  });
});
