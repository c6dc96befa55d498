import { type IncomingMessage, type Server, ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { FEED_PATH } from "@crosspod/protocol";
import { HttpProblem, requestTarget, requireAllowedOrigin } from "@crosspod/service";
import { WebSocketServer } from "ws";
import { type CloseReason, Connection, parseFeedRequest } from "./connection.ts";
import type { Feed } from "./feed.ts";
import type { Hub } from "./hub.ts";

declare module "ws" {
  interface ServerOptions {
    /** How long to wait for the other side's close, in milliseconds: an option of ws that its types do not have yet. */
    closeTimeout?: number | undefined;
  }
}

/** Longest message from a client, in bytes. A feed's client has nothing to say; the limit keeps that cheap [B11]. */
export const MAX_CLIENT_MESSAGE_BYTES = 4_096;

/** How long a client has to answer a close before its socket is cut. */
const CLOSE_TIMEOUT_MS = 5_000;

/** How long clients have to answer the last close when the service ends. */
const LEAVE_GRACE_MS = 1_000;

export interface FeedServerOptions {
  readonly maxConnections: number;
  readonly allowedOrigins: readonly string[];
  readonly slowReaderSeconds: number;
  readonly pingSeconds: number;
}

/** Accepts the feed's WebSocket clients, looks after those that are silent or stuck, and lets them all go in the end. */
export class FeedServer {
  readonly #connections = new Set<Connection>();
  readonly #hub: Hub;
  readonly #feed: Feed;
  readonly #options: FeedServerOptions;
  readonly #closed: (reason: CloseReason) => void;
  // Compression would cost a context of many KB for each client and a run of it for each frame, to save a few bytes of messages this short;
  // and a frame can be shared by all clients, as it is, only while it is off.
  readonly #handshake = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    clientTracking: false,
    maxPayload: MAX_CLIENT_MESSAGE_BYTES,
    closeTimeout: CLOSE_TIMEOUT_MS,
  });
  /** Sockets that still owe the answer to a request. */
  readonly #answering = new WeakSet<Duplex>();
  #timers: NodeJS.Timeout[] = [];

  /** @param closed is told why each connection ended. */
  constructor(hub: Hub, feed: Feed, options: FeedServerOptions, closed: (reason: CloseReason) => void) {
    this.#hub = hub;
    this.#feed = feed;
    this.#options = options;
    this.#closed = closed;
    this.#handshake.on("wsClientError", ({ message }, socket) => {
      const headers = { "Sec-WebSocket-Version": "13" };
      refuseHandshake(socket, new HttpProblem(400, "bad-handshake", "Bad handshake", message, headers));
    });
  }

  get connections(): ReadonlySet<Connection> {
    return this.#connections;
  }

  /** Takes over the WebSocket handshakes of an HTTP server. */
  attach(server: Server): void {
    server.prependListener("request", ({ socket }, response) => {
      this.#answering.add(socket);
      response.once("close", () => this.#answering.delete(socket));
    });
    server.on("upgrade", (request, socket, head) => this.#upgrade(server, request, socket, head));
    this.#timers = [
      setInterval(() => this.#pingAll(), this.#options.pingSeconds * 1_000),
      setInterval(() => this.#tellStuck(), 1_000),
    ];
  }

  /** Asks everyone who is left to move, and cuts who does not go at once. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    for (const connection of this.#connections) connection.move();
    const cut = setTimeout(() => this.#terminateAll(), LEAVE_GRACE_MS);
    await Promise.all([...this.#connections].map((connection) => connection.closed));
    clearTimeout(cut);
  }

  #terminateAll(): void {
    for (const connection of this.#connections) connection.terminate();
  }

  #upgrade(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on("error", destroySelf);
    // The answer to an earlier request of this connection is still under way, and cannot be mixed with another protocol.
    if (this.#answering.has(socket)) return void socket.destroy();
    if (request.headers.upgrade?.toLowerCase() !== "websocket") return serveWithoutUpgrade(server, request, socket);
    const problem = this.#refusal(request);
    if (problem) return refuseHandshake(socket, problem);
    this.#handshake.handleUpgrade(request, socket, head, (ws) => {
      this.#add(new Connection(ws, socket, this.#hub, this.#feed, parseFeedRequest(requestTarget(request).query)));
    });
  }

  /** A function of its own, so that what stays with the connection does not keep its handshake, headers and all. */
  #add(connection: Connection): void {
    this.#connections.add(connection);
    connection.closed.then((reason) => {
      this.#connections.delete(connection);
      this.#closed(reason);
    });
  }

  #refusal(request: IncomingMessage): HttpProblem | undefined {
    const { allowedOrigins, maxConnections } = this.#options;
    if (requestTarget(request).path !== FEED_PATH) {
      return new HttpProblem(404, "not-found", "Not found", `the WebSocket is at ${FEED_PATH}`);
    }
    if (request.method !== "GET") {
      const detail = "a WebSocket handshake is a GET";
      return new HttpProblem(405, "method-not-allowed", "Method not allowed", detail, { Allow: "GET" });
    }
    if (this.#connections.size >= maxConnections) {
      const detail = `this pod serves ${maxConnections} clients, which is its limit`;
      return new HttpProblem(503, "too-many-connections", "Too many connections", detail, { "Retry-After": "5" });
    }
    try {
      requireAllowedOrigin(request, allowedOrigins);
    } catch (error) {
      if (error instanceof HttpProblem) return error;
      throw error;
    }
    return undefined;
  }

  #pingAll(): void {
    for (const connection of this.#connections) connection.ping();
  }

  #tellStuck(): void {
    this.#hub.tellStuck(performance.now() - this.#options.slowReaderSeconds * 1_000);
  }
}

/** Shared by all sockets: a closure made beside the handshake would keep its request for as long as the client stays. */
function destroySelf(this: Duplex): void {
  this.destroy();
}

/** Answers a request for an upgrade to something else (curl --http2 asks for h2c) as if it had not asked (RFC 9110, section 7.8). */
function serveWithoutUpgrade(server: Server, request: IncomingMessage, socket: Duplex): void {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as Parameters<ServerResponse["assignSocket"]>[0]);
  response.on("finish", () => endAndDestroy(socket));
  server.emit("request", request, response);
}

function refuseHandshake(socket: Duplex, { problem, headers }: HttpProblem): void {
  const body = JSON.stringify(problem);
  const head = {
    ...headers,
    "Cache-Control": "no-store",
    Connection: "close",
    "Content-Length": Buffer.byteLength(body),
    "Content-Type": "application/problem+json",
  };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
  endAndDestroy(socket, `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join("")}\r\n${body}`);
}

/** Nobody reads a socket that asked for an upgrade and got none, so its end would never be seen and it would stay. */
function endAndDestroy(socket: Duplex, last = ""): void {
  socket.end(last, () => socket.destroy());
}
