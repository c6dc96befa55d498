import { EventEmitter, once } from "node:events";
import { type AppendedUpdate, FEED_PATH } from "@crosspod/protocol";
import { type ClientOptions, WebSocket } from "ws";
import { DEADLINE_MS } from "../deadline.ts";

/** A message of the feed as it came, parsed from JSON. */
export type Received = Partial<AppendedUpdate> & { readonly [field: string]: unknown };

/**
 * A WebSocket client of the feed that keeps all it is sent, for a test to look at. Disposing of it cuts the connection.
 */
export class FeedSocket implements Disposable {
  readonly ws: WebSocket;
  readonly received: Received[] = [];
  /** Resolves with the close code and reason. */
  readonly closed: Promise<readonly [number, string]>;
  readonly #changes = new EventEmitter();

  private constructor(ws: WebSocket) {
    this.ws = ws;
    ws.on("message", (data) => {
      this.received.push(JSON.parse(data.toString()));
      this.#changes.emit("message");
    });
    this.closed = new Promise((resolve) => {
      ws.once("close", (code, reason) => resolve([code, reason.toString()]));
    });
  }

  /** Connects to the feed of a service; `query` such as `hello=1`. Rejects when the handshake is refused. */
  static async open(url: string, query = "", options: ClientOptions = {}): Promise<FeedSocket> {
    const socket = new FeedSocket(new WebSocket(new URL(`${FEED_PATH}?${query}`, url), options));
    await once(socket.ws, "open");
    return socket;
  }

  /** The updates among what was received. */
  get updates(): Received[] {
    return this.received.filter(({ type }) => type === undefined);
  }

  /** Resolves with the first message, past or to come, that fits. */
  async until(what: string, fits: (message: Received) => boolean): Promise<Received> {
    const signal = AbortSignal.timeout(DEADLINE_MS);
    for (;;) {
      const found = this.received.find(fits);
      if (found) return found;
      await once(this.#changes, "message", { signal }).catch(() => {
        throw new Error(`no ${what} came; what came: ${JSON.stringify(this.received.slice(-5))}`);
      });
    }
  }

  untilValue(id: string, value: string): Promise<Received> {
    return this.until(`${id}=${value}`, (message) => message.id === id && message.value === value);
  }

  [Symbol.dispose](): void {
    this.ws.terminate();
  }
}
