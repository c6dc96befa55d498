import { Counter, Histogram, LATENCY_BUCKETS_SECONDS, type Registry, registerGauge } from "@crosspod/service";
import type { CloseReason } from "./connection.ts";
import type { HubCounters } from "./hub.ts";

/** What an operator sees of the feed. */
export interface FeedMetrics extends HubCounters {
  closed(reason: CloseReason): void;
  committed(count: number): void;
}

/** Registers the feed's metrics. `clients` and `ids` are asked when somebody looks. */
export function createFeedMetrics(
  registry: Registry,
  gauges: { readonly clients: () => number; readonly behind: () => number; readonly ids: () => number },
): FeedMetrics {
  const registers = [registry];
  const gauge = (name: string, help: string, value: () => number): void => registerGauge(registry, name, help, value);
  gauge("crosspod_feed_clients", "WebSocket clients that are connected now", gauges.clients);
  gauge(
    "crosspod_feed_clients_behind",
    "Clients whose sockets are full now, so that they get newest values only",
    gauges.behind,
  );
  gauge("crosspod_feed_ids", "Ids that the feed holds", gauges.ids);
  const published = new Counter({
    name: "crosspod_feed_updates_published_total",
    help: "Updates that this pod's /api committed",
    registers,
  });
  const delivered = new Counter({
    name: "crosspod_feed_deliveries_total",
    help: "Updates written to clients, counted once for each client",
    registers,
  });
  const conflated = new Counter({
    name: "crosspod_feed_conflated_updates_total",
    help: "Updates that a slow client did not get because a newer value of the same id took their place",
    registers,
  });
  const closed = new Counter({
    name: "crosspod_feed_clients_closed_total",
    help: "Connections that ended, by reason",
    labelNames: ["reason"],
    registers,
  });
  const publishToSend = new Histogram({
    name: "crosspod_feed_publish_to_send_seconds",
    help: "Time from the commit of the oldest update of a turn of the event loop to the write of that turn to this pod's clients",
    buckets: LATENCY_BUCKETS_SECONDS,
    registers,
  });
  return {
    delivered: (count) => delivered.inc(count),
    conflated: (count) => conflated.inc(count),
    sent: (seconds) => publishToSend.observe(Math.max(0, seconds)),
    closed: (reason) => closed.inc({ reason }),
    committed: (count) => published.inc(count),
  };
}
