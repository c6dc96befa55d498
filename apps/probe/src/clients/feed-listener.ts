import { once } from "node:events";
import { FEED_PATH, type Hello, parseFeedMessage, type UpdateMessage } from "@crosspod/protocol";
import type { WebSocket } from "ws";
import { Changes, whenReady } from "../timing/wait.ts";
import type { Target } from "./target.ts";

/** A server that says hello does so first of all; one that was silent for this long says none. */
const HELLO_WAIT_MS = 1_000;

/** An update, and when it came, by `performance.now()`. */
export interface Heard {
  readonly update: UpdateMessage;
  readonly at: number;
}

/** Where to listen, and until when. An original example says no hello. */
interface FeedAddress {
  readonly target: Target;
  readonly findings: { readonly isOriginal: boolean };
  readonly signal: AbortSignal;
}

/** A browser's side of the feed, that keeps all that it is sent. Disposing of it closes the connection. */
export class FeedListener implements Disposable {
  readonly heard: Heard[] = [];
  readonly #ws: WebSocket;
  readonly changes = new Changes();
  readonly #ended = new AbortController();
  #hello: Hello | undefined;

  private constructor(ws: WebSocket) {
    this.#ws = ws;
    ws.on("message", (data) => this.#received(`${data}`));
    // Its close follows.
    ws.on("error", () => {});
    ws.on("close", () => {
      this.#ended.abort();
      this.changes.happened();
    });
  }

  /** Connects, and waits for the hello if the server may say one. Rejects when the handshake is refused. */
  static async open({ target, findings, signal }: FeedAddress): Promise<FeedListener> {
    const ws = target.webSocket(`${FEED_PATH}?hello=1`);
    const listener = new FeedListener(ws);
    await whenReady(listener, once(ws, "open", { signal }));
    const waitMs = findings.isOriginal ? 0 : HELLO_WAIT_MS;
    await listener.changes.within(waitMs, () => listener.#hello !== undefined || !listener.isOpen, signal);
    return listener;
  }

  /** What the server says of itself; undefined from the original example's. */
  get hello(): Hello | undefined {
    return this.#hello;
  }

  get pod(): string | undefined {
    return this.#hello?.pod;
  }

  get isOpen(): boolean {
    return this.#ws.readyState === this.#ws.OPEN;
  }

  /** Fires when the connection has ended. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** The first time that this value of this id came. */
  find(id: string, value: string): Heard | undefined {
    return this.heard.find(({ update }) => update.id === id && update.value === value);
  }

  async untilHeard(id: string, value: string, signal: AbortSignal): Promise<void> {
    await this.changes.until("an update", () => this.find(id, value) !== undefined, signal);
  }

  [Symbol.dispose](): void {
    this.#ws.close();
  }

  #received(text: string): void {
    const message = parseFeedMessage(text);
    if (!message) return;
    if (!("type" in message)) this.heard.push({ update: message, at: performance.now() });
    else if (message.type === "hello") this.#hello = message;
    this.changes.happened();
  }
}
