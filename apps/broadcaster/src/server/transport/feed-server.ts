import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { FEED_PATH, MAX_CLIENT_MESSAGE_BYTES } from "@crosspod/protocol";
import {
  type HttpProblem,
  handshakeRefusal,
  httpProblem,
  onWebSocketHandshake,
  refuseHandshake,
  requestTarget,
} from "@crosspod/service";
import { WebSocketServer } from "ws";
import type { BroadcasterConfig } from "../config.ts";
import type { Feed } from "../feed/feed.ts";
import type { Hub } from "../feed/hub.ts";
import { type CloseReason, Connection, parseFeedRequest } from "./connection.ts";

declare module "ws" {
  interface ServerOptions {
    /** How long to wait for the other side's close, in milliseconds: an option of ws that its types do not have yet. */
    closeTimeout?: number | undefined;
  }
}

/** How long a client has to answer a close before its socket is cut. */
const CLOSE_TIMEOUT_MS = 5_000;

/** How long clients have to answer the last close when the service ends. */
const LEAVE_GRACE_MS = 1_000;

/** Accepts the feed's WebSocket clients, looks after those that are silent or slow, and lets them all go in the end. */
export class FeedServer {
  readonly #connections = new Set<Connection>();
  readonly #hub: Hub;
  readonly #feed: Feed;
  readonly #config: BroadcasterConfig;
  readonly #closed: (reason: CloseReason) => void;
  // Compression would cost each client a context of many KB, and no frame could be shared by all.
  readonly #handshake = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    clientTracking: false,
    maxPayload: MAX_CLIENT_MESSAGE_BYTES,
    closeTimeout: CLOSE_TIMEOUT_MS,
  });
  #timers: NodeJS.Timeout[] = [];

  /** @param closed is called with the reason when a connection ends. */
  constructor(hub: Hub, feed: Feed, config: BroadcasterConfig, closed: (reason: CloseReason) => void) {
    this.#hub = hub;
    this.#feed = feed;
    this.#config = config;
    this.#closed = closed;
    this.#handshake.on("wsClientError", ({ message }, socket) => {
      const headers = { "Sec-WebSocket-Version": "13" };
      refuseHandshake(socket, httpProblem("bad-handshake", message, headers));
    });
  }

  get connections(): ReadonlySet<Connection> {
    return this.#connections;
  }

  /** Takes over the WebSocket handshakes of an HTTP server. */
  attach(server: Server): void {
    onWebSocketHandshake(server, (request, socket, head) => this.#accept(request, socket, head));
    this.#timers = [
      setInterval(() => this.#forEach((connection) => connection.ping()), this.#config.pingSeconds * 1_000),
      setInterval(() => this.#hub.evictSlowConsumers(this.#config.slowConsumerSeconds * 1_000), 1_000),
    ];
  }

  /** Asks the remaining clients to move, and closes by force those that do not. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#forEach((connection) => connection.drain());
    const forceClose = setTimeout(() => this.#forEach((connection) => connection.terminate()), LEAVE_GRACE_MS);
    await Promise.all([...this.#connections].map((connection) => connection.closed));
    clearTimeout(forceClose);
  }

  #forEach(act: (connection: Connection) => void): void {
    for (const connection of this.#connections) act(connection);
  }

  #accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
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
    if (requestTarget(request).path !== FEED_PATH) {
      return httpProblem("not-found", `the WebSocket is at ${FEED_PATH}`);
    }
    if (request.method !== "GET") {
      return httpProblem("method-not-allowed", "a WebSocket handshake is a GET", { Allow: "GET" });
    }
    return handshakeRefusal(request, this.#connections.size, this.#config);
  }
}
