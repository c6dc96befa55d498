import { createServer, type RequestListener } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { FEED_PATH } from "@crosspod/protocol";
import {
  closeServer,
  createAdminServer,
  createMetrics,
  errorHandler,
  Health,
  HttpProblem,
  type Log,
  listen,
  notFound,
  requestTarget,
  type Service,
  sendError,
  servePage,
  stagger,
} from "@crosspod/service";
import express from "express";
import { API_PATH, Api } from "./api.ts";
import type { Channel } from "./channel.ts";
import type { BroadcasterConfig } from "./config.ts";
import { Feed } from "./feed.ts";
import { createFeedMetrics } from "./feed-metrics.ts";
import { FeedServer } from "./feed-server.ts";
import { Hub } from "./hub.ts";

/** Limits of the HTTP server. A gateway keeps its idle connections for a minute or so: ours must live longer, or it meets closed ones. */
const HTTP_LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 75_000,
  maxHeaderSize: 16_384,
};

/** What a broadcaster is made with. */
export interface BroadcasterDependencies {
  readonly log: Log;
  readonly channel: Channel;
  /** Directory of the built page. */
  readonly pageDirectory: string;
  /** Of the package, for when the configuration names none. */
  readonly packageVersion: string;
}

/** The ports that a service listens on. */
export interface Ports {
  readonly port: number;
  readonly adminPort: number;
}

export interface Broadcaster extends Service {
  listen(): Promise<Ports>;
}

/** Puts a broadcaster together; it does nothing until it is told to listen. */
export function createBroadcaster(config: BroadcasterConfig, dependencies: BroadcasterDependencies): Broadcaster {
  const { log, channel, pageDirectory, packageVersion } = dependencies;
  const version = config.version ?? packageVersion;
  const pod = config.podName;
  const health = new Health();
  const metrics = createMetrics();
  const feedMetrics = createFeedMetrics(metrics, {
    clients: () => feedServer.connections.size,
    behind: () => hub.behindCount,
    ids: () => hub.idCount,
    ready: () => health.notReady === undefined,
  });
  const hub = new Hub(feedMetrics);
  const feed = new Feed(hub, { pod, version, heartbeatSeconds: config.heartbeatSeconds });
  const feedServer = new FeedServer(hub, feed, config, (reason) => feedMetrics.closed(reason));
  const server = createServer(
    HTTP_LIMITS,
    routeRequests(new Api(channel, config, feedMetrics.committed), pageDirectory, log, () => leaving),
  );
  const adminServer = createAdminServer({
    health,
    metrics,
    version: { name: "crosspod-broadcaster", version, revision: config.revision, pod },
  });
  feedServer.attach(server);
  let leaving = false;

  return {
    async listen() {
      await feed.open(channel);
      const adminPort = await listen(adminServer, config.host, config.adminPort, "ADMIN_PORT");
      const port = await listen(server, config.host, config.port, "PORT");
      health.up("service");
      log.info({ host: config.host, port, adminPort, version }, `open http://localhost:${port}/`);
      return { port, adminPort };
    },
    async drain() {
      health.down("service", "leaving");
      await sleep(config.unreadySeconds * 1_000);
      leaving = true;
      await stagger(
        () => feedServer.connections,
        config.drainSeconds,
        (connection) => connection.move(),
      );
    },
    async close() {
      await Promise.all([closeServer(server), feedServer.close()]);
      feed.close();
      await channel.close();
      await closeServer(adminServer);
    },
  };
}

/** @param isLeaving while true, publishers and browsers are told not to keep their connections. */
function routeRequests(api: Api, pageDirectory: string, log: Log, isLeaving: () => boolean): RequestListener {
  const app = express();
  app.disable("x-powered-by");
  app.get(FEED_PATH, upgradeRequired);
  app.use(servePage(pageDirectory), notFound, errorHandler(log));
  return (request, response) => {
    if (isLeaving()) response.shouldKeepAlive = false;
    if (requestTarget(request).path !== API_PATH) return app(request, response);
    api.handle(request, response).catch((error) => sendError(error, request, response, log));
  };
}

const upgradeRequired = (): never => {
  const headers = { Upgrade: "websocket", Connection: "Upgrade, close" };
  throw new HttpProblem(426, "upgrade-required", "Upgrade required", `${FEED_PATH} is a WebSocket`, headers);
};
