import { MAX_BATCH_UPDATES } from "@crosspod/protocol";
import {
  Counter,
  Histogram,
  LATENCY_BUCKETS_SECONDS,
  type Registry,
  registerGauge,
  startAtZero,
} from "@crosspod/service";
import type { ApiCounters } from "./api.ts";
import { CLOSE_REASONS, type CloseReason } from "./connection.ts";
import type { HubCounters } from "./hub.ts";

/** What an operator sees of the feed. */
export interface FeedMetrics extends ApiCounters, HubCounters {
  closed(reason: CloseReason): void;
}

/** What is asked when somebody looks. */
export interface FeedGauges {
  readonly clients: () => number;
  readonly lagging: () => number;
  readonly ids: () => number;
  readonly isLive: () => boolean;
}

/** Bucket bounds for the updates of one request. */
const UPDATE_BUCKETS = [1, 3, 10, 30, 100, 300, MAX_BATCH_UPDATES];

/** Registers the feed's metrics. */
export function createFeedMetrics(registry: Registry, gauges: FeedGauges): FeedMetrics {
  const registers = [registry];
  const gauge = (name: string, help: string, value: () => number): void => registerGauge(registry, name, help, value);
  gauge("crosspod_feed_clients", "WebSocket clients that are connected now", gauges.clients);
  gauge(
    "crosspod_feed_clients_lagging",
    "Clients whose sockets are full now, so that they get newest values only",
    gauges.lagging,
  );
  gauge("crosspod_feed_ids", "Ids that the feed holds", gauges.ids);
  gauge("crosspod_feed_live", "Whether this pod's subscription is proven to deliver (1) or not (0)", () =>
    Number(gauges.isLive()),
  );
  const published = new Counter({
    name: "crosspod_feed_updates_published_total",
    help: "Updates that this pod's /api committed",
    registers,
  });
  const commitFailures = new Counter({
    name: "crosspod_feed_commit_failures_total",
    help: "Requests to this pod's /api whose updates could not be committed because the store was away",
    registers,
  });
  const commitSeconds = new Histogram({
    name: "crosspod_feed_commit_seconds",
    help: "Time of a commit: the store's order for the updates of one request to /api",
    buckets: LATENCY_BUCKETS_SECONDS,
    registers,
  });
  const commitUpdates = new Histogram({
    name: "crosspod_feed_commit_updates",
    help: "Updates in a commit",
    buckets: UPDATE_BUCKETS,
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
  startAtZero(closed, CLOSE_REASONS);
  const publishToSend = new Histogram({
    name: "crosspod_feed_publish_to_send_seconds",
    help: "Time from the commit of the oldest update of a flush to its write to this pod's clients",
    buckets: LATENCY_BUCKETS_SECONDS,
    registers,
  });
  return {
    delivered: (count) => delivered.inc(count),
    conflated: (count) => conflated.inc(count),
    sent: (seconds) => publishToSend.observe(Math.max(0, seconds)),
    closed: (reason) => closed.inc({ reason }),
    committed: (updates, seconds) => {
      published.inc(updates);
      commitUpdates.observe(updates);
      commitSeconds.observe(seconds);
    },
    commitFailed: () => commitFailures.inc(),
  };
}
