import { setTimeout as sleep } from "node:timers/promises";
import { BOARD_CLIENT_QUERY, BoardEvent, type Drawing } from "@crosspod/protocol";
import { io, type Socket } from "socket.io-client";
import { Changes, whenReady } from "../timing/wait.ts";
import { agentOption } from "./dialer.ts";
import { joinRequest } from "./join.ts";
import type { Target } from "./target.ts";

/** An answer that takes longer is none. The original example's server answers nothing, one of crosspod at once. */
const REPLY_WAIT_MS = 3_000;

/** A bare socket.io client over WebSocket, without cookies or reconnects. Disposing of it ends the connection. */
export class EventClient implements Disposable {
  readonly drawings: Drawing[] = [];
  readonly changes = new Changes();
  readonly #socket: Socket;
  readonly #ended = new AbortController();

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.once("disconnect", () => this.#ended.abort());
    socket.on(BoardEvent.drawing, (drawing: Drawing) => {
      this.drawings.push(drawing);
      this.changes.happened();
    });
  }

  /** Connects as the page of the original example does [W12]. */
  static openOriginal(target: Target, signal: AbortSignal): Promise<EventClient> {
    return EventClient.open(target, signal, {});
  }

  /** Connects as a client of crosspod does. */
  static open(
    target: Target,
    signal: AbortSignal,
    query: Readonly<Record<string, string>> = BOARD_CLIENT_QUERY,
  ): Promise<EventClient> {
    const agent = agentOption(target.newDialer());
    const socket = io(target.url.origin, {
      transports: ["websocket"],
      forceNew: true,
      reconnection: false,
      query,
      agent,
    });
    const connected = new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("connect_error", reject);
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    return whenReady(new EventClient(socket), connected);
  }

  /** Fires when the connection has ended. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Emits an event and resolves with its reply; undefined when none comes in time. */
  ask(event: string, ...args: readonly unknown[]): Promise<unknown> {
    return this.#socket
      .timeout(REPLY_WAIT_MS)
      .emitWithAck(event, ...args)
      .catch(() => undefined);
  }

  /** Submits operations; resolves with their refusal, as a reply [W6], or undefined when none comes in time. */
  refusalOf(operations: string): Promise<unknown> {
    const told = new Promise((resolve) => {
      this.#socket.once(BoardEvent.refused, (_client, error) => resolve({ error }));
    });
    this.#socket.emit(BoardEvent.operations, "probe-00", 1, operations);
    return Promise.race([told, sleep(REPLY_WAIT_MS, undefined, { ref: false })]);
  }

  /** Joins a board and resolves with the reply, as {@link ask}. */
  join(board: string): Promise<unknown> {
    return this.ask(BoardEvent.join, joinRequest(board));
  }

  draw(drawing: Drawing): void {
    this.#socket.emit(BoardEvent.drawing, drawing);
  }

  [Symbol.dispose](): void {
    this.#socket.disconnect();
  }
}
