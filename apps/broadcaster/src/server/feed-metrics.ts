import { MAX_BATCH_UPDATES } from "@crosspod/protocol";
import { metricsIn, type Registry } from "@crosspod/service";
import type { ApiCounters } from "./api/api.ts";
import type { HubCounters } from "./feed/hub.ts";
import { CLOSE_REASONS, type CloseReason } from "./transport/connection.ts";

/** What an operator sees of the feed. */
export interface FeedMetrics extends ApiCounters, HubCounters {
  closed(reason: CloseReason): void;
}

/** What is read at each scrape. */
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
  const { gauge, counter, counterBy, histogram } = metricsIn(registry);
  gauge("crosspod_feed_clients", "WebSocket clients that are connected now", gauges.clients);
  const laggingHelp = "Clients whose sockets are full now: they get newest values only";
  gauge("crosspod_feed_clients_lagging", laggingHelp, gauges.lagging);
  gauge("crosspod_feed_ids", "Ids that the feed holds", gauges.ids);
  const liveHelp = "Whether this pod's subscription is proven to deliver (1) or not (0)";
  gauge("crosspod_feed_live", liveHelp, () => Number(gauges.isLive()));
  const published = counter("crosspod_feed_updates_published_total", "Updates that this pod's /api appended");
  const failureHelp = "Requests to this pod's /api that got 503 because the store was away";
  const appendFailures = counter("crosspod_feed_append_failures_total", failureHelp);
  const secondsHelp = "Time of an append: the updates of one request to /api";
  const appendSeconds = histogram("crosspod_feed_append_seconds", secondsHelp);
  const appendUpdates = histogram("crosspod_feed_append_updates", "Updates in an append", UPDATE_BUCKETS);
  const delivered = counter("crosspod_feed_deliveries_total", "Updates written to clients, counted for each client");
  const conflatedHelp = "Updates that a slow client did not get because a newer value of the id took their place";
  const conflated = counter("crosspod_feed_conflated_updates_total", conflatedHelp);
  const closedHelp =
    "Connections that ended, by reason. `slow-consumer`: the client did not read. `ping-timeout`: it did not answer. `protocol-violation`: it broke the protocol";
  const closed = counterBy("reason", "crosspod_feed_clients_closed_total", closedHelp, CLOSE_REASONS);
  const sendHelp = "Time from the append of the oldest update of a flush to its write to this pod's clients";
  const publishToSend = histogram("crosspod_feed_publish_to_send_seconds", sendHelp);
  return {
    delivered: (count) => delivered.inc(count),
    conflated: (count) => conflated.inc(count),
    sent: (seconds) => publishToSend.observe(Math.max(0, seconds)),
    closed: (reason) => closed.inc({ reason }),
    appended: (updates, seconds) => {
      published.inc(updates);
      appendUpdates.observe(updates);
      appendSeconds.observe(seconds);
    },
    appendFailed: () => appendFailures.inc(),
  };
}
