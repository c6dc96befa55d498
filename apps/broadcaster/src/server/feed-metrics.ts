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
  const counter = (name: string, help: string): Counter => new Counter({ name, help, registers });
  const histogram = (name: string, help: string, buckets = LATENCY_BUCKETS_SECONDS): Histogram =>
    new Histogram({ name, help, buckets, registers });

  gauge("crosspod_feed_clients", "WebSocket clients that are connected now", gauges.clients);
  gauge(
    "crosspod_feed_clients_lagging",
    "Clients whose sockets are full now: they get newest values only",
    gauges.lagging,
  );
  gauge("crosspod_feed_ids", "Ids that the feed holds", gauges.ids);
  const liveHelp = "Whether this pod's subscription is proven to deliver (1) or not (0)";
  gauge("crosspod_feed_live", liveHelp, () => Number(gauges.isLive()));
  const published = counter("crosspod_feed_updates_published_total", "Updates that this pod's /api committed");
  const failureHelp = "Requests to this pod's /api that got 503 because the store was away";
  const commitFailures = counter("crosspod_feed_commit_failures_total", failureHelp);
  const commitSeconds = histogram(
    "crosspod_feed_commit_seconds",
    "Time of a commit: the order for one request to /api",
  );
  const commitUpdates = histogram("crosspod_feed_commit_updates", "Updates in a commit", UPDATE_BUCKETS);
  const delivered = counter("crosspod_feed_deliveries_total", "Updates written to clients, counted for each client");
  const conflatedHelp = "Updates that a slow client did not get because a newer value of the id took their place";
  const conflated = counter("crosspod_feed_conflated_updates_total", conflatedHelp);
  const closedHelp =
    "Connections that ended, by reason. `slow-consumer`: the client did not read. `ping-timeout`: it did not answer. `protocol-violation`: it broke the protocol";
  const closed = new Counter({
    name: "crosspod_feed_clients_closed_total",
    help: closedHelp,
    labelNames: ["reason"],
    registers,
  });
  startAtZero(closed, CLOSE_REASONS);
  const sendHelp = "Time from the commit of the oldest update of a flush to its write to this pod's clients";
  const publishToSend = histogram("crosspod_feed_publish_to_send_seconds", sendHelp);
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
