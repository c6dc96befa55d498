import {
  CloseCode,
  type FeedMessage,
  type Hello,
  parseFeedMessage,
  STATE_REQUEST,
  type StateMessage,
  type UpdateMessage,
} from "@crosspod/protocol";
import { Emitter, type Subscribe } from "../events/emitter.ts";
import { Observable } from "../events/observable.ts";
import { Backoff } from "../timing/backoff.ts";
import { systemClock } from "../timing/clock.ts";
import { LivenessMonitor } from "../timing/liveness-monitor.ts";
import { Timer } from "../timing/timer.ts";
import { type FeedSocket, feedUrl } from "./feed-socket.ts";
import { type FeedValue, FeedValues } from "./feed-values.ts";

/** How far the values that are here can be trusted. */
export type FeedClientState =
  /** There was no connection yet. */
  | "connecting"
  /** Connected, but the newest values are still on their way. */
  | "catching-up"
  /** What is here is what the feed holds. */
  | "live"
  /** Connected, but the pod has lost touch with the feed, or was silent for too long. */
  | "stale"
  /** The pod speaks another protocol than this client; values are kept, and none are taken. */
  | "outdated"
  /** The connection was lost; values are kept. */
  | "reconnecting"
  /** {@link FeedClient.close} was called. */
  | "closed";

/** Which feed to follow. */
export interface FeedClientOptions {
  /** Of the service: `http://localhost:8888/`. `https` makes it a `wss` connection. */
  readonly url: string | URL;
  /** Makes the WebSocket; the platform's own by default. */
  readonly connect?: (url: string) => FeedSocket;
  /** From 0 up to 1, for the jitter of reconnects; `Math.random` by default. */
  readonly random?: () => number;
}

/** How long a handshake may take: a pod that hangs accepts connections, and answers nothing. */
const HANDSHAKE_WAIT_MS = 10_000;

/** A server that says hello does so first of all; one that was silent for this long says none, and is live as it is. */
const HELLO_WAIT_MS = 1_000;

/** After this many silent heartbeats the connection counts as dead. */
const SILENT_HEARTBEATS = 2.5;

/**
 * Holds the newest value of each id, says how far they can be trusted, reconnects by itself and goes on from where it
 * was. It never shows an older value after a newer one. It works with the original example's server, too.
 */
export class FeedClient {
  readonly #state = new Observable<FeedClientState>("connecting");
  readonly #updated = new Emitter<[FeedValue]>();
  readonly #restarted = new Emitter<[]>();
  /** Hears each change of {@link state}. */
  readonly onState: Subscribe<[FeedClientState]> = this.#state.changed.add;
  /** Hears each value that has changed. */
  readonly onUpdate: Subscribe<[FeedValue]> = this.#updated.add;
  /** Hears that the feed is another data set and the values so far are gone. */
  readonly onRestart: Subscribe<[]> = this.#restarted.add;
  readonly #url: URL;
  readonly #connect: (url: string) => FeedSocket;
  readonly #backoff: Backoff;
  readonly #retry: Timer;
  readonly #helloWait: Timer;
  readonly #liveness: LivenessMonitor;
  readonly #values = new FeedValues();
  #socket: FeedSocket | undefined;
  #hello: Hello | undefined;
  /** Called when the state comes that was asked for. */
  #onStateMessage = (): void => {};

  constructor({ url, connect, random = Math.random }: FeedClientOptions) {
    this.#url = new URL(url);
    this.#connect = connect ?? ((url) => new WebSocket(url));
    this.#backoff = new Backoff(random);
    this.#retry = new Timer(systemClock, () => this.open());
    this.#helloWait = new Timer(systemClock, () => this.#follow());
    this.#liveness = new LivenessMonitor({
      clock: systemClock,
      random,
      ask: () => this.#askForState(),
      onSilent: () => this.#silent(),
    });
  }

  get state(): FeedClientState {
    return this.#state.value;
  }

  /** The newest value of each id. */
  get values(): ReadonlyMap<string, FeedValue> {
    return this.#values.byId;
  }

  /** The newest revision that was seen; 0 when the server does not say. */
  get revision(): number {
    return this.#values.revision;
  }

  /** What the server said of itself last; undefined from one that says nothing. */
  get hello(): Hello | undefined {
    return this.#hello;
  }

  /** Connects, and from then on again whenever the connection is lost, until {@link close}. */
  open(): void {
    if (this.#socket || this.state === "closed") return;
    this.#retry.stop();
    const seen = this.#hello && this.revision > 0 ? { epoch: this.#hello.epoch, revision: this.revision } : undefined;
    const socket = this.#connect(feedUrl(this.#url, seen));
    this.#socket = socket;
    this.#liveness.start(HANDSHAKE_WAIT_MS);
    const isCurrent = (): boolean => this.#socket === socket;
    socket.addEventListener("open", () => isCurrent() && this.#opened());
    socket.addEventListener("message", ({ data }) => isCurrent() && this.#received(data));
    socket.addEventListener("close", ({ code }) => isCurrent() && this.#lost(code));
    // A close follows every error, and says more; but ws throws an error that has no listener.
    socket.addEventListener("error", () => {});
  }

  /** Ends the connection for good. */
  close(): void {
    this.#setState("closed");
    this.#stopWaiting();
    this.#socket?.close(CloseCode.normal);
    this.#socket = undefined;
  }

  #opened(): void {
    // A pod may hang before its hello.
    this.#watchSilence();
    if (this.#hello) return this.#setState("catching-up");
    this.#helloWait.start(HELLO_WAIT_MS);
  }

  #received(data: unknown): void {
    const message = typeof data === "string" ? parseFeedMessage(data) : undefined;
    if (!message || this.state === "outdated") return;
    this.#helloWait.stop();
    this.#liveness.heard();
    this.#handle(message);
  }

  #handle(message: FeedMessage): void {
    if (!("type" in message)) return this.#handleUpdate(message);
    switch (message.type) {
      case "hello":
        return this.#handleHello(message);
      case "other-protocol":
        this.#liveness.stop();
        return this.#setState("outdated");
      case "state":
        return this.#handleState(message);
      case "leaving":
        // A browser notices a close only when the connection ends, which a proxy can put off for seconds.
        return this.#drop(CloseCode.serviceRestart);
    }
  }

  #handleHello(hello: Hello): void {
    const restarted = this.#hello?.epoch !== hello.epoch && (this.#hello !== undefined || this.values.size > 0);
    this.#hello = hello;
    this.#watchSilence();
    if (restarted) {
      this.#values.clear();
      this.#restarted.emit();
    }
    this.#follow();
  }

  #handleState({ state, revision }: StateMessage): void {
    this.#onStateMessage();
    if (!this.#hello) return;
    this.#hello = { ...this.#hello, state, revision };
    this.#follow();
  }

  #handleUpdate(update: UpdateMessage): void {
    // A server that sends updates without revisions is not the one that said hello before.
    if (update.revision === undefined) {
      this.#hello = undefined;
      this.#liveness.stop();
    }
    const changed = this.#values.take(update);
    if (!changed) return;
    this.#updated.emit(changed);
    this.#follow();
  }

  /** Derives the state from what the server said and what was seen since; without a hello it is live. */
  #follow(): void {
    this.#backoff.reset();
    const { state, revision } = this.#hello ?? { state: "live", revision: 0 };
    if (state === "stale") return this.#setState("stale");
    this.#setState(this.revision >= revision ? "live" : "catching-up");
  }

  #watchSilence(): void {
    if (!this.#hello) return this.#liveness.stop();
    this.#liveness.start(this.#hello.heartbeatSeconds * SILENT_HEARTBEATS * 1_000);
  }

  #askForState(): Promise<void> {
    this.#socket?.send(STATE_REQUEST);
    return new Promise((resolve) => {
      this.#onStateMessage = resolve;
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
    this.#lost(code);
    socket.close(CloseCode.normal);
  }

  #lost(code: number): void {
    this.#socket = undefined;
    this.#stopWaiting();
    this.#setState("reconnecting");
    // A pod that is leaving has spread its clients already.
    if (code === CloseCode.serviceRestart) this.#backoff.reset();
    this.#retry.start(this.#backoff.next());
  }

  #stopWaiting(): void {
    this.#retry.stop();
    this.#helloWait.stop();
    this.#liveness.stop();
  }

  #setState(state: FeedClientState): void {
    if (this.state !== "closed") this.#state.value = state;
  }
}
