import type { Server as HttpServer, IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { BoardEvent, MAX_MESSAGE_LENGTH, SOCKET_PATH } from "@crosspod/protocol";
import {
  type HttpProblem,
  handshakeRefusal,
  httpProblem,
  onWebSocketHandshake,
  refuseHandshake,
  requestTarget,
} from "@crosspod/service";
import { type Socket as Connection, Server as Engine } from "engine.io";
import { Server, type Socket } from "socket.io";
import { writeBroadcastsDirectly } from "./direct-broadcast.ts";
import type { RoomAdapter } from "./fan-out.ts";

/**
 * Longest message, and body of a poll, in bytes; a longer one ends the connection. It is four times the longest message
 * of operations, so that one that is too long in whatever characters gets a clear error [W9].
 */
const MAX_MESSAGE_BYTES = 4 * MAX_MESSAGE_LENGTH;

/** How long a client has to answer a ping. */
const PONG_TIMEOUT_MS = 20_000;

/** How long clients have to leave when the service ends: a proxy may keep their connections for a second or more. */
const LEAVE_GRACE_MS = 1_000;

/** How long a connection has to say which namespace it wants. */
const CONNECT_TIMEOUT_MS = 10_000;

/** What engine.io says of a request that it refuses. */
export const HANDSHAKE_FAILURES: readonly string[] = Object.values(Engine.errorMessages);

export interface SocketServerOptions {
  readonly allowedOrigins: readonly string[];
  readonly maxConnections: number;
  readonly pingSeconds: number;
}

/**
 * socket.io on an HTTP server that serves everything else, too. Refuses handshakes with a problem document [A5] [A6].
 */
export class SocketServer {
  readonly io: Server;
  readonly #engine: Engine;
  readonly #options: SocketServerOptions;
  /** Those too that have only begun, and are no socket yet. */
  readonly #connections = new Map<Connection, Socket | undefined>();
  /** The WebSockets, until the last byte. */
  readonly #open = new Set<Duplex>();

  /** @param adapter brings what is sent to a room to the other pods. */
  constructor(options: SocketServerOptions, adapter: RoomAdapter) {
    const { allowedOrigins, pingSeconds } = options;
    this.#options = options;
    this.#engine = new Engine({
      transports: ["websocket", "polling"],
      maxHttpBufferSize: MAX_MESSAGE_BYTES,
      pingInterval: pingSeconds * 1_000,
      pingTimeout: PONG_TIMEOUT_MS,
      // A page of another origin polls only if CORS allows it; WebSockets do not ask.
      cors: { origin: allowedOrigins.length > 0 ? [...allowedOrigins] : true, credentials: true },
      // Compression would cost many KB for each client and a run for each message, to save a few bytes of messages this
      // short; and a message can be framed once for all clients only while it is off.
      perMessageDeflate: false,
      httpCompression: false,
    });
    this.#engine.on("connection", (connection: Connection) => {
      this.#connections.set(connection, undefined);
      writeBroadcastsDirectly(connection);
      connection.once("close", () => this.#connections.delete(connection));
    });
    this.io = new Server({ connectTimeout: CONNECT_TIMEOUT_MS, serveClient: false, adapter });
    this.io.bind(this.#engine);
    this.io.on("connection", (socket) => this.#connections.set(socket.conn, socket));
  }

  /** Connections, those that long poll too. */
  get clients(): number {
    return this.#engine.clientsCount;
  }

  /**
   * Calls `failed`, with one of `HANDSHAKE_FAILURES`, for each request that engine.io refuses, such as one for a
   * session that is on another pod.
   */
  onHandshakeFailure(failed: (reason: string) => void): void {
    this.#engine.on("connection_error", ({ message }: { message: string }) => failed(message));
  }

  /** Handles long polling. Throws an {@link HttpProblem} for a handshake that is refused. */
  readonly polling = (request: IncomingMessage, response: ServerResponse): void => {
    const refusal = this.#refusal(request);
    if (refusal) throw refusal;
    this.#engine.handleRequest(asEngineRequest(request), response);
  };

  /** Takes over the WebSocket handshakes of an HTTP server. */
  attach(server: HttpServer): void {
    onWebSocketHandshake(server, (request, socket, head) => this.#accept(request, socket, head));
  }

  /** The connections of all clients, also those that have only begun. */
  get connections(): Iterable<Connection> {
    return this.#connections.keys();
  }

  /**
   * Asks a client to connect again, elsewhere. A browser notices a WebSocket's close only when the connection ends,
   * which a proxy can put off for seconds: so a message says it, too.
   */
  drain(connection: Connection): void {
    if (connection.transport.name === "websocket") this.#connections.get(connection)?.emit(BoardEvent.leaving);
    connection.close();
  }

  /** Resolves when all that were asked to leave have left, or take too long: long polls hear it by their next poll. */
  async drained(): Promise<void> {
    const leaving = [...this.connections].filter(({ readyState }) => readyState === "closing");
    await Promise.race([Promise.all(leaving.map(closed)), sleep(LEAVE_GRACE_MS, undefined, { ref: false })]);
  }

  /** Asks the remaining clients to leave, and closes by force those that do not. */
  async close(): Promise<void> {
    for (const connection of this.connections) this.drain(connection);
    await this.io.close();
    const forceClose = setInterval(() => this.#forceClose(), LEAVE_GRACE_MS);
    while (this.#open.size > 0) await Promise.all([...this.#open].map(closed));
    clearInterval(forceClose);
  }

  #forceClose(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (requestTarget(request).path !== SOCKET_PATH) {
      return refuseHandshake(socket, httpProblem("not-found", `the WebSocket is at ${SOCKET_PATH}`));
    }
    const refusal = this.#refusal(request);
    if (refusal) return refuseHandshake(socket, refusal);
    this.#open.add(socket);
    socket.once("close", () => this.#open.delete(socket));
    this.#engine.handleUpgrade(asEngineRequest(request), socket, head);
  }

  /** Only a handshake can be refused: a request with a session id belongs to a connection that was admitted. */
  #refusal(request: IncomingMessage): HttpProblem | undefined {
    const sessions = new URLSearchParams(requestTarget(request).query).getAll("sid");
    // An empty id is none: engine.io begins a new session.
    if (sessions.length > 0 && sessions.every((id) => id !== "")) return undefined;
    return handshakeRefusal(request, this.clients, this.#options);
  }
}

/** Resolves when a connection has ended, in order or by an error. */
const closed = (connection: Connection | Duplex): Promise<void> =>
  new Promise((resolve) => connection.once("close", () => resolve()));

type EngineRequest = Parameters<Engine["handleRequest"]>[0];

/** engine.io itself adds what makes a request one of its own, and says in its types that it is there already. */
const asEngineRequest = (request: IncomingMessage): EngineRequest => request as EngineRequest;
