import { createServer } from "node:http";
import { SOCKET_PATH } from "@crosspod/protocol";
import {
  closeServer,
  errorHandler,
  HTTP_LIMITS,
  type Log,
  notFound,
  type Ports,
  type Registry,
  type Service,
  ServiceHost,
  spreadOver,
} from "@crosspod/service";
import express, { type Express } from "express";
import type { Backend } from "./backend.ts";
import { BoardGateway } from "./board-gateway.ts";
import { createBoardMetrics } from "./board-metrics.ts";
import { boardPage } from "./board-page.ts";
import type { WhiteboardConfig } from "./config.ts";
import { FloodGuard } from "./flood-guard.ts";
import { SlowReaders } from "./slow-readers.ts";
import { SocketServer } from "./socket-server.ts";
import { UnknownSessions } from "./unknown-sessions.ts";

/** What a whiteboard is made with. */
export interface WhiteboardDependencies {
  readonly log: Log;
  /** Makes what the pods have in common; its own metrics go into `metrics`. */
  readonly createBackend: (metrics: Registry) => Backend;
  /** Directory of the built page. */
  readonly pageDirectory: string;
  /** Directory of socket.io's client, which the original example's page loads from the server. */
  readonly socketClientDirectory: string;
  /** Of the package, for when the configuration names none. */
  readonly packageVersion: string;
}

export interface Whiteboard extends Service {
  listen(): Promise<Ports>;
}

/** Puts a whiteboard together; it does nothing until it is told to listen. */
export function createWhiteboard(config: WhiteboardConfig, dependencies: WhiteboardDependencies): Whiteboard {
  const { log, packageVersion } = dependencies;
  const shell = new ServiceHost("crosspod-whiteboard", config, packageVersion, log);
  const backend = dependencies.createBackend(shell.metrics);
  const { health } = shell;
  const sockets = new SocketServer(config, backend.fanOut.adapter);
  const metrics = createBoardMetrics(shell.metrics, {
    clients: () => sockets.clients,
    boards: () => gateway.boards,
  });
  const { podName: pod, headSeconds, maxMessagesPerSecond } = config;
  const options = { pod, version: shell.version, headSeconds, maxMessagesPerSecond };
  const gateway = new BoardGateway(sockets.io, backend, options, metrics, log);
  const slowReaders = new SlowReaders(sockets.io, config.slowConsumerSeconds, metrics.slowReaderClosed);
  new FloodGuard(sockets.io, maxMessagesPerSecond, metrics.floodClosed);
  const server = createServer(HTTP_LIMITS, createApp(sockets, dependencies));
  sockets.attach(server);
  const unknownSessions = new UnknownSessions(log);
  sockets.onHandshakeFailure((reason) => {
    unknownSessions.refused(reason);
    metrics.handshakeFailed(reason);
    log.debug({ reason }, "handshake failed");
  });

  return {
    async listen() {
      // The ports do not wait for the store: until it is there joins are refused with the reason, and the pod is not ready.
      health.down("boards", "the store was not reached yet");
      backend.fanOut.open((delivers) => {
        metrics.live(delivers);
        if (delivers) health.up("boards");
        else health.down("boards", "the store does not deliver");
      });
      return shell.listen(server);
    },
    async drain() {
      await shell.leave();
      await spreadOver(
        () => sockets.connections,
        config.drainSeconds,
        (connection) => sockets.move(connection),
      );
    },
    async close() {
      await Promise.all([closeServer(server), sockets.close()]);
      slowReaders.close();
      await gateway.close();
      await backend.close();
      await shell.close();
    },
  };
}

function createApp(sockets: SocketServer, dependencies: WhiteboardDependencies): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("query parser", false);
  app.use(SOCKET_PATH, express.static(dependencies.socketClientDirectory, { index: false }), sockets.polling);
  app.use(boardPage(dependencies.pageDirectory), notFound, errorHandler(dependencies.log));
  return app;
}
