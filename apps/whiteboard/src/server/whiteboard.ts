import { createServer } from "node:http";
import { BOARD_CLIENT_QUERY, SOCKET_PATH } from "@crosspod/protocol";
import {
  closeServer,
  fileRoutes,
  HTTP_LIMITS,
  type Log,
  type Registry,
  type Routes,
  route,
  type Service,
  ServiceHost,
} from "@crosspod/service";
import type { Socket } from "socket.io";
import type { Backend } from "./backend.ts";
import { messageKinds } from "./board/board-messages.ts";
import { type BoardMetrics, createBoardMetrics } from "./board/board-metrics.ts";
import { BoardSession, type SessionContext } from "./board/board-session.ts";
import { Boards } from "./board/boards.ts";
import type { WhiteboardConfig } from "./config.ts";
import { OriginalBridge } from "./original/original-bridge.ts";
import { BoardStoreError } from "./store/board-store.ts";
import { AffinityWarning } from "./transport/affinity-warning.ts";
import { boardRoutes } from "./transport/board-page.ts";
import { limitFloods } from "./transport/flood-limit.ts";
import { SlowConsumers } from "./transport/slow-consumers.ts";
import { SocketServer } from "./transport/socket-server.ts";

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

/** Makes a whiteboard. It does nothing until `listen` is called. */
export function createWhiteboard(config: WhiteboardConfig, dependencies: WhiteboardDependencies): Service {
  const { log, packageVersion } = dependencies;
  const host = new ServiceHost("crosspod-whiteboard", config, packageVersion, log);
  const backend = dependencies.createBackend(host.metrics);
  const { health, version } = host;
  const { store, fanOut } = backend;
  const sockets = new SocketServer(config, fanOut.adapter);
  const { io } = sockets;
  const gauges = { clients: () => sockets.clients, boards: () => boards.size, isLive: () => isLive };
  const metrics = createBoardMetrics(host.metrics, gauges, messageKinds.keys());
  let isLive = false;
  const { podName: pod, headSeconds, maxMessagesPerSecond } = config;
  const failed = (error: unknown): void => log.error({ err: error }, "something failed that nobody waits for");
  const appendFailed = reportAppendFailures(metrics, log);
  const diverged = (board: string): void => log.warn({ board }, "the store went another way");
  const boards = new Boards({ io, store, fanOut, metrics, pod, headSeconds, appendFailed, diverged, failed });
  const originals = new OriginalBridge({ io, boards, metrics, failed });
  const session: SessionContext = { boards, metrics, pod, version, headSeconds, maxMessagesPerSecond, failed };
  io.on("connection", (socket) => new BoardSession(socket, session, isOurs(socket) ? undefined : originals));
  const slowConsumers = new SlowConsumers(io, config.slowConsumerSeconds, () => metrics.slowConsumers.inc());
  limitFloods(io, maxMessagesPerSecond, () => metrics.floods.inc());
  const { polling } = sockets;
  const routes: Routes = {
    ...boardRoutes(dependencies.pageDirectory),
    ...fileRoutes(dependencies.socketClientDirectory, SOCKET_PATH),
    [SOCKET_PATH]: { GET: polling, POST: polling, OPTIONS: polling },
  };
  const server = createServer(HTTP_LIMITS, route(routes, log));
  sockets.attach(server);
  reportHandshakeFailures(sockets, metrics, log);

  return {
    async listen() {
      // The ports do not wait for the store: until it is there the pod is not ready, and a join is told why.
      health.down("boards", "the store was not reached yet");
      fanOut.open((delivers) => {
        isLive = delivers;
        if (delivers) health.up("boards");
        else health.down("boards", "the store does not deliver");
      });
      return host.listen(server);
    },
    async drain() {
      await host.drain(
        () => sockets.connections,
        (connection) => sockets.drain(connection),
      );
      await sockets.drained();
    },
    async close() {
      await Promise.all([closeServer(server), sockets.close()]);
      slowConsumers.close();
      await boards.idle();
      backend.close();
      await host.close();
    },
  };
}

/** Whether a connection has said in its handshake that it speaks our protocol [W12]. */
const isOurs = ({ handshake }: Socket): boolean => handshake.query.client === BOARD_CLIENT_QUERY.client;

/** Counts and logs appends that failed. */
const reportAppendFailures =
  (metrics: BoardMetrics, log: Log) =>
  (board: string, error: unknown): void => {
    metrics.appendFailures.inc();
    if (error instanceof BoardStoreError) log.warn({ board, code: error.code }, error.message);
    else log.error({ board, err: error }, "append failed");
  };

/** Counts handshakes that were refused, and warns of those for sessions of other pods. */
function reportHandshakeFailures(sockets: SocketServer, metrics: BoardMetrics, log: Log): void {
  const affinityWarning = new AffinityWarning(log);
  sockets.onHandshakeFailure((reason) => {
    affinityWarning.refused(reason);
    metrics.handshakes.inc({ reason });
    log.debug({ reason }, "handshake failed");
  });
}
