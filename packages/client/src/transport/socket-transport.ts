import { BOARD_CLIENT_QUERY, BoardEvent, isRecord, parseRecord } from "@crosspod/protocol";
import { io, type ManagerOptions, type Socket, type SocketOptions } from "socket.io-client";
import { Backoff } from "../timing/backoff.ts";
import { systemClock } from "../timing/clock.ts";
import { Timer } from "../timing/timer.ts";
import type { BoardTransport, DisconnectReason } from "./board-transport.ts";

/** A reply that takes longer than this is not coming: what was asked for is asked for again. */
const REPLY_DEADLINE_MS = 10_000;
/** A whole board takes its time on a slow link, and another would queue behind it. Pings tell whether it is alive. */
const BOARD_DEADLINE_MS = 40_000;
/** Of one try to connect. */
const CONNECT_DEADLINE_MS = 10_000;
/** engine.io's code in the body of a reply to a long poll of a session that the server does not have. */
const SESSION_UNKNOWN = 1;

/**
 * Connects to a whiteboard service over socket.io: by WebSocket, or by long polling where that does not get through.
 *
 * @param options of socket.io's own, such as an `agent` outside of a browser.
 */
export function connectSocket(url: string, options: Partial<ManagerOptions & SocketOptions> = {}): BoardTransport {
  // A path would be taken for a namespace.
  const socket = io(new URL(url).origin, {
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    timeout: CONNECT_DEADLINE_MS,
    // The library would not come back from a pod that is leaving, and takes a session for good that only began.
    reconnection: false,
    forceNew: true,
    autoConnect: false,
    query: BOARD_CLIENT_QUERY,
    // A gateway that knows the sessions of long polling by a cookie gets it back outside of a browser too.
    withCredentials: true,
    ...options,
  });
  return new SocketTransport(socket);
}

class SocketTransport implements BoardTransport {
  readonly #socket: Socket;
  readonly #backoff = new Backoff();
  readonly #retry = new Timer(systemClock, () => this.#socket.connect());

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("connect", () => this.#backoff.reset());
    socket.on("connect_error", () => this.#retryLater());
    socket.on("disconnect", () => this.#retryLater());
  }

  get id(): string | undefined {
    return this.#socket.id;
  }

  open(): void {
    this.#socket.connect();
  }

  async request(event: string, ...args: readonly unknown[]): Promise<unknown> {
    if (!this.#socket.connected) throw new Error("there is no connection");
    return await this.#socket.timeout(deadlineOf(event)).emitWithAck(event, ...args);
  }

  emit(event: string, ...args: readonly unknown[]): void {
    // Without a connection the library would keep it for the next one, which joins first.
    if (this.#socket.connected) this.#socket.emit(event, ...args);
  }

  emitVolatile(event: string, ...args: readonly unknown[]): void {
    if (this.#socket.connected) this.#socket.volatile.emit(event, ...args);
  }

  on(event: string, listener: (...args: readonly unknown[]) => void): void {
    this.#socket.on(event, listener);
  }

  onHeard(listener: () => void): void {
    this.#socket.io.on("packet", listener);
    this.#socket.io.on("ping", listener);
  }

  onConnect(listener: () => void): void {
    this.#socket.on("connect", listener);
  }

  onDisconnect(listener: (reason: DisconnectReason) => void): void {
    this.#socket.on("disconnect", (_reason, details) => listener(disconnectReason(details)));
  }

  reconnect(): void {
    this.#socket.disconnect();
  }

  reconnectNow(): void {
    if (!this.#retry.isRunning) return;
    this.#retry.stop();
    this.#socket.connect();
  }

  close(): void {
    this.#retry.stop();
    this.#socket.off();
    this.#socket.io.off();
    this.#socket.disconnect();
  }

  /** A session that broke before it could be used is heard of twice. */
  #retryLater(): void {
    if (!this.#retry.isRunning) this.#retry.start(this.#backoff.next());
  }
}

const deadlineOf = (event: string): number => (event === BoardEvent.join ? BOARD_DEADLINE_MS : REPLY_DEADLINE_MS);

/** Why a connection was lost, by what the library says: of long polling, the request that failed. */
function disconnectReason(details: unknown): DisconnectReason {
  const request = isRecord(details) ? details.context : undefined;
  const body = isRecord(request) ? request.responseText : undefined;
  // Whoever answered may be something else than engine.io.
  return typeof body === "string" && parseRecord(body)?.code === SESSION_UNKNOWN ? "session-unknown" : "other";
}
