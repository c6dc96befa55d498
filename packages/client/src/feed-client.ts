import {
  CloseCode,
  FEED_PATH,
  type FeedMessage,
  FeedParameter,
  type Hello,
  parseFeedMessage,
  STATE_REQUEST,
  type StateMessage,
  type UpdateMessage,
} from "@crosspod/protocol";
import { Backoff } from "./backoff.ts";
import { type Clock, systemClock } from "./clock.ts";
import { Emitter, type Unsubscribe } from "./emitter.ts";
import { LivenessMonitor } from "./liveness-monitor.ts";

/** The newest value of one id, as far as this client knows. */
export interface FeedValue {
  readonly id: string;
  readonly value: string;
  /** Undefined from a server that does not say it, as the original example's. */
  readonly revision: number | undefined;
  /** When it was committed, by the server's clock, in milliseconds since 1970; by this client's clock when the server does not say. */
  readonly at: number;
}

/**
 * - `connecting`: there was no connection yet
 * - `catching-up`: connected, but the newest values are still on their way
 * - `live`: what is here is what the feed holds
 * - `stale`: connected, but the pod has lost touch with the feed, or nothing was heard from it for too long
 * - `outdated`: connected, but the pod speaks another protocol than this client; values are kept, and none are taken
 * - `reconnecting`: the connection was lost; values are kept
 * - `closed`: {@link FeedClient.close} was called
 */
export type FeedClientState = "connecting" | "catching-up" | "live" | "stale" | "outdated" | "reconnecting" | "closed";

/** What a feed client needs of a WebSocket: the browser's and that of ws both have it. */
export interface FeedSocket {
  addEventListener(type: "open", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "close", listener: (event: { readonly code: number }) => void): void;
  addEventListener(type: "error", listener: () => void): void;
  send(text: string): void;
  close(code?: number): void;
}

export interface FeedClientOptions {
  /** Of the service: `http://localhost:8888/`. `https` makes it a `wss` connection. */
  readonly url: string | URL;
  /** Makes the WebSocket; the platform's own by default. */
  readonly connect?: (url: string) => FeedSocket;
  /** From 0 up to 1, for the jitter of reconnects; `Math.random` by default. */
  readonly random?: () => number;
  /** By which it is told that nothing comes any more. */
  readonly clock?: Clock;
}

/** How long a handshake may take: a pod that hangs accepts connections, and answers nothing. */
const HANDSHAKE_WAIT_MS = 10_000;

/** A server that says hello does so first of all; one that was silent for this long says none, and is live as it is. */
const HELLO_WAIT_MS = 1_000;

/** After this many silent heartbeats the connection counts as dead. */
const SILENT_HEARTBEATS = 2.5;

/**
 * A client of the feed: holds the newest value of each id, says truthfully how far they can be trusted, reconnects by itself, and goes on from
 * where it was. It never shows an older value after a newer one. It also works with the original example's server, which says nothing of itself.
 */
export class FeedClient {
  readonly #url: URL;
  readonly #connect: (url: string) => FeedSocket;
  readonly #backoff: Backoff;
  readonly #silence: LivenessMonitor;
  readonly #values = new Map<string, FeedValue>();
  readonly #updated = new Emitter<[FeedValue]>();
  readonly #stateChanged = new Emitter<[FeedClientState]>();
  readonly #restarted = new Emitter<[]>();
  #state: FeedClientState = "connecting";
  #socket: FeedSocket | undefined;
  #hello: Hello | undefined;
  #revision = 0;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #helloTimer: ReturnType<typeof setTimeout> | undefined;
  /** Called when the state comes that was asked for. */
  #onState = (): void => {};

  constructor(options: FeedClientOptions) {
    this.#url = options.url instanceof URL ? options.url : new URL(options.url);
    this.#connect = options.connect ?? ((url) => new WebSocket(url));
    this.#backoff = new Backoff(options.random);
    this.#silence = new LivenessMonitor({
      clock: options.clock ?? systemClock,
      random: options.random ?? Math.random,
      ask: () => this.#askForState(),
      onSilent: () => this.#silent(),
    });
  }

  get state(): FeedClientState {
    return this.#state;
  }

  get values(): ReadonlyMap<string, FeedValue> {
    return this.#values;
  }

  /** The newest revision that was seen; 0 when the server does not say. */
  get revision(): number {
    return this.#revision;
  }

  /** What the server said of itself last; undefined from one that says nothing. */
  get hello(): Hello | undefined {
    return this.#hello;
  }

  /** Hears each value that has changed. */
  onUpdate(listener: (value: FeedValue) => void): Unsubscribe {
    return this.#updated.add(listener);
  }

  onState(listener: (state: FeedClientState) => void): Unsubscribe {
    return this.#stateChanged.add(listener);
  }

  /** Hears that the feed is another data set and the values so far are gone. */
  onRestart(listener: () => void): Unsubscribe {
    return this.#restarted.add(listener);
  }

  /** Connects, and from then on again whenever the connection is lost, until {@link close}. */
  open(): void {
    if (this.#socket || this.#state === "closed") return;
    clearTimeout(this.#retryTimer);
    const socket = this.#connect(this.#feedUrl());
    this.#socket = socket;
    this.#silence.start(HANDSHAKE_WAIT_MS);
    socket.addEventListener("open", () => this.#opened(socket));
    socket.addEventListener("message", ({ data }) => this.#received(socket, data));
    socket.addEventListener("close", ({ code }) => this.#lost(socket, code));
    // A close follows every error, and says more; ws wants somebody to listen all the same.
    socket.addEventListener("error", () => {});
  }

  /** Ends the connection for good. */
  close(): void {
    this.#setState("closed");
    this.#clearTimers();
    this.#socket?.close(CloseCode.normal);
    this.#socket = undefined;
  }

  #feedUrl(): string {
    const url = new URL(FEED_PATH, this.#url);
    url.protocol = this.#url.protocol === "https:" || this.#url.protocol === "wss:" ? "wss:" : "ws:";
    url.searchParams.set(FeedParameter.hello, "1");
    if (this.#hello && this.#revision > 0) {
      url.searchParams.set(FeedParameter.epoch, this.#hello.epoch);
      url.searchParams.set(FeedParameter.after, `${this.#revision}`);
    }
    return url.href;
  }

  #opened(socket: FeedSocket): void {
    if (this.#socket !== socket) return;
    // A pod may hang before its hello.
    this.#watchSilence();
    if (this.#hello) return this.#setState("catching-up");
    this.#helloTimer = setTimeout(() => this.#liveWithoutHello(), HELLO_WAIT_MS);
  }

  #received(socket: FeedSocket, data: unknown): void {
    const message = typeof data === "string" ? parseFeedMessage(data) : undefined;
    if (!message || this.#socket !== socket || this.#state === "outdated") return;
    clearTimeout(this.#helloTimer);
    this.#silence.heard();
    this.#handle(message);
  }

  #handle(message: FeedMessage): void {
    if (!("type" in message)) return this.#handleUpdate(message);
    switch (message.type) {
      case "hello":
        return this.#handleHello(message);
      case "other-protocol":
        this.#silence.stop();
        return this.#setState("outdated");
      case "state":
        return this.#handleState(message);
      case "leaving":
        // A browser tells of a close only when the connection ends, which a proxy can put off for seconds.
        return this.#drop(CloseCode.serviceRestart);
    }
  }

  #handleHello(hello: Hello): void {
    const restarted = this.#hello?.epoch !== hello.epoch && (this.#hello !== undefined || this.#values.size > 0);
    this.#hello = hello;
    this.#backoff.reset();
    this.#watchSilence();
    if (restarted) {
      this.#revision = 0;
      this.#values.clear();
      this.#restarted.emit();
    }
    this.#follow(hello);
  }

  #handleState(state: StateMessage): void {
    this.#onState();
    if (!this.#hello) return;
    this.#hello = { ...this.#hello, state: state.state, revision: state.revision };
    this.#follow(this.#hello);
  }

  #handleUpdate({ id, value, revision, at }: UpdateMessage): void {
    // Whoever sends updates without revisions is not who said hello before.
    if (revision === undefined) {
      this.#hello = undefined;
      this.#silence.stop();
    }
    // A pod that lags behind the one before may send what is known already.
    if (revision !== undefined && revision <= (this.#values.get(id)?.revision ?? 0)) return;
    const entry = { id, value, revision, at: at ?? Date.now() };
    this.#values.set(id, entry);
    this.#revision = Math.max(this.#revision, revision ?? 0);
    this.#updated.emit(entry);
    if (this.#hello) return this.#follow(this.#hello);
    this.#liveWithoutHello();
  }

  #liveWithoutHello(): void {
    this.#backoff.reset();
    this.#setState("live");
  }

  /** Draws the state from what the server said and what was seen since. */
  #follow(hello: Hello): void {
    if (hello.state === "stale") return this.#setState("stale");
    this.#setState(this.#revision >= hello.revision ? "live" : "catching-up");
  }

  #watchSilence(): void {
    if (!this.#hello) return this.#silence.stop();
    this.#silence.start(this.#hello.heartbeatSeconds * SILENT_HEARTBEATS * 1_000);
  }

  #askForState(): Promise<void> {
    this.#socket?.send(STATE_REQUEST);
    return new Promise((resolve) => {
      this.#onState = resolve;
    });
  }

  /** The connection looks open and is dead: say so, and try another one. */
  #silent(): void {
    this.#setState("stale");
    this.#drop(CloseCode.normal);
  }

  /** Gives up the connection as if it had been lost with this code, and does not wait until it has ended. */
  #drop(code: number): void {
    const socket = this.#socket;
    if (!socket) return;
    socket.close(CloseCode.normal);
    this.#lost(socket, code);
  }

  #lost(socket: FeedSocket, code: number): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    this.#clearTimers();
    this.#setState("reconnecting");
    // A pod that is leaving has spread its clients already.
    if (code === CloseCode.serviceRestart) this.#backoff.reset();
    this.#retryTimer = setTimeout(() => this.open(), this.#backoff.next());
  }

  #clearTimers(): void {
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#helloTimer);
    this.#silence.stop();
  }

  #setState(state: FeedClientState): void {
    if (this.#state === state || this.#state === "closed") return;
    this.#state = state;
    this.#stateChanged.emit(state);
  }
}
