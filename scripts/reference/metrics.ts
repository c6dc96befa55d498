import { createLog, type Registry, type Service } from "@crosspod/service";
import { createBroadcaster } from "../../apps/broadcaster/src/server/broadcaster.ts";
import { parseConfig as parseBroadcaster } from "../../apps/broadcaster/src/server/config.ts";
import { createFeedStore } from "../../apps/broadcaster/src/server/create-feed-store.ts";
import { createBackend } from "../../apps/whiteboard/src/server/backend.ts";
import { parseConfig as parseWhiteboard } from "../../apps/whiteboard/src/server/config.ts";
import { createWhiteboard } from "../../apps/whiteboard/src/server/whiteboard.ts";
import { code, page, sentence, table } from "./markdown.ts";

const INTRO = `The admin port answers \`/metrics\` in Prometheus' text format. A counter with a label begins at 0 for each of its values,
so that a rate sees the first event.

Beside these metrics are those of the process, \`process_…\` and \`nodejs_…\`: CPU, memory, garbage collection, event loop.
They are the default metrics of [prom-client](https://github.com/siimon/prom-client#default-metrics).

Without a Redis there are no metrics of what goes between pods, and none of the reads of the feed's log.`;

/** As in production, with a Redis: nothing listens there, and nobody asks it. */
const ENVIRONMENT = { REDIS_URL: "redis://127.0.0.1:1" };
const shared = {
  log: createLog("reference", { podName: "", logLevel: "silent" }, { pretty: false }),
  pageDirectory: ".",
  packageVersion: "",
};

type Metric = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>[number];

/** docs/reference/metrics.md: every metric of both services, as their registries have them. */
export async function metrics(): Promise<string> {
  const feed = await metricsOf((found) => {
    const config = parseBroadcaster(ENVIRONMENT);
    const create = (registry: Registry) => createFeedStore(config, shared.log, found(registry));
    return createBroadcaster(config, { ...shared, createFeedStore: create });
  });
  const board = await metricsOf((found) => {
    const config = parseWhiteboard(ENVIRONMENT);
    const create = (registry: Registry) => createBackend(config, shared.log, found(registry));
    return createWhiteboard(config, { ...shared, createBackend: create, socketClientDirectory: "." });
  });
  const isShared = ({ name }: Metric): boolean => [feed, board].every((all) => all.some((one) => one.name === name));
  return page(
    "Metrics",
    INTRO,
    section("Both services", feed.filter(isShared)),
    section(
      "Broadcaster",
      feed.filter((metric) => !isShared(metric)),
    ),
    section(
      "Whiteboard",
      board.filter((metric) => !isShared(metric)),
    ),
  );
}

/** What the registry of a service has of ours, once the service is put together. */
async function metricsOf(create: (found: (registry: Registry) => Registry) => Service): Promise<Metric[]> {
  const registries: Registry[] = [];
  const service = create((registry) => {
    registries.push(registry);
    return registry;
  });
  const all = await Promise.all(registries.map((registry) => registry.getMetricsAsJSON()));
  await service.close();
  return all.flat().filter(({ name }) => name.startsWith("crosspod_"));
}

const section = (title: string, all: readonly Metric[]): string =>
  `## ${title}\n\n${table(["metric", "type", "says", "labels"], all.map(rowOf))}${bucketsOf(all)}`;

const rowOf = (metric: Metric): string[] => [
  code(metric.name),
  `${metric.type}`,
  sentence(metric.help),
  labelsOf(metric),
];

/** Each label with its values, which are there from the start. */
function labelsOf({ type, values }: Metric): string {
  if (`${type}` === "histogram") return "";
  const names = [...new Set(values.flatMap(({ labels }) => Object.keys(labels)))];
  return names
    .map((name) => `${code(name)}: ${values.map(({ labels }) => code(labels[name] ?? "")).join(", ")}`)
    .join("; ");
}

/** The bounds of the buckets, below the table. */
function bucketsOf(all: readonly Metric[]): string {
  const histograms = all.filter(({ type }) => `${type}` === "histogram");
  const bounds = ({ values }: Metric): string =>
    [...new Set(values.flatMap(({ labels }) => (labels as { le?: number | string }).le ?? []))].join(", ");
  const lines = histograms.map((metric) => `- ${code(metric.name)}: ${bounds(metric)}`);
  return lines.length === 0 ? "" : `\n\nBounds of the buckets:\n\n${lines.join("\n")}`;
}
