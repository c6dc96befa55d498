import { createServer } from "node:http";
import { FEED_PATH } from "@crosspod/protocol";
import {
  closeServer,
  HTTP_LIMITS,
  httpProblem,
  type Log,
  pageRoutes,
  type Registry,
  type Routes,
  readOnly,
  route,
  type Service,
  ServiceHost,
} from "@crosspod/service";
import { API_PATH, createApi } from "./api/api.ts";
import type { BroadcasterConfig } from "./config.ts";
import { Feed } from "./feed/feed.ts";
import { Hub } from "./feed/hub.ts";
import { createFeedMetrics } from "./feed-metrics.ts";
import type { FeedStore } from "./store/feed-store.ts";
import { FeedServer } from "./transport/feed-server.ts";

/** What a broadcaster is made with. */
export interface BroadcasterDependencies {
  readonly log: Log;
  /** Makes the store that stands behind the feed; its own metrics go into `metrics`. */
  readonly createFeedStore: (metrics: Registry) => FeedStore;
  /** Directory of the built page. */
  readonly pageDirectory: string;
  /** Of the package, for when the configuration names none. */
  readonly packageVersion: string;
}

/** Makes a broadcaster. It does nothing until `listen` is called. */
export function createBroadcaster(config: BroadcasterConfig, dependencies: BroadcasterDependencies): Service {
  const { log, pageDirectory, packageVersion } = dependencies;
  const host = new ServiceHost("crosspod-broadcaster", config, packageVersion, log);
  const store = dependencies.createFeedStore(host.metrics);
  const feedMetrics = createFeedMetrics(host.metrics, {
    clients: () => feedServer.connections.size,
    lagging: () => hub.laggingCount,
    ids: () => hub.idCount,
    isLive: () => feed.state === "live",
  });
  const hub = new Hub(feedMetrics);
  const { health, version } = host;
  const identity = { pod: config.podName, version, heartbeatSeconds: config.heartbeatSeconds };
  const feed = new Feed(hub, identity, (state) => {
    if (state === "live") health.up("feed");
    else health.down("feed", "the store does not deliver");
  });
  const feedServer = new FeedServer(hub, feed, config, (reason) => feedMetrics.closed(reason));
  const routes: Routes = {
    ...pageRoutes(pageDirectory),
    [API_PATH]: createApi(store, config, feedMetrics),
    [FEED_PATH]: readOnly(upgradeRequired),
  };
  const server = createServer(HTTP_LIMITS, route(routes, log));
  feedServer.attach(server);

  return {
    async listen() {
      // The ports do not wait for the store: meanwhile pages say that they are stale, and the pod that it is not ready.
      health.down("feed", "the store was not reached yet");
      feed.open(store).catch((error) => log.error({ err: error }, "the feed could not be opened"));
      return host.listen(server);
    },
    drain: () =>
      host.drain(
        () => feedServer.connections,
        (connection) => connection.drain(),
      ),
    async close() {
      await Promise.all([closeServer(server), feedServer.close()]);
      feed.close();
      await store.close();
      await host.close();
    },
  };
}

const upgradeRequired = (): never => {
  const headers = { Upgrade: "websocket", Connection: "Upgrade, close" };
  throw httpProblem("upgrade-required", `${FEED_PATH} is a WebSocket`, headers);
};
