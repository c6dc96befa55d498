import { FeedClient } from "@crosspod/client";
import type { WebSocket } from "ws";
import type { Target } from "../clients/target.ts";
import { Changes } from "../timing/wait.ts";
import { Arrivals, type SentUpdate } from "./arrivals.ts";
import type { Member, Tally } from "./fleet.ts";
import { Silence } from "./silence.ts";

/** A client of the feed as its page has it, which remembers what came over which connection. */
export class FeedSubscriber implements Member {
  readonly changes = new Changes();
  readonly silence = new Silence();
  readonly arrivals = new Arrivals();
  readonly #client: FeedClient;
  readonly #updates: ReadonlyMap<string, SentUpdate>;
  #connections = 0;
  #openedAt = 0;

  /** @param updates of the watch, by their values. */
  constructor(target: Target, updates: ReadonlyMap<string, SentUpdate>) {
    this.#updates = updates;
    this.#client = new FeedClient({ url: target.url, connect: (url) => this.#connect(target, url) });
    this.#client.onState(() => this.changes.happened());
    this.#client.onUpdate(({ value }) => this.#heard(value));
    this.#client.open();
  }

  get isLive(): boolean {
    return this.#client.state === "live";
  }

  get pod(): string | undefined {
    return this.#client.hello?.pod;
  }

  get tally(): Tally {
    const { received, repeated, outOfOrder } = this.arrivals;
    return { received, repeated, outOfOrder, reconnects: Math.max(0, this.#connections - 1) };
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }

  #connect(target: Target, url: string): WebSocket {
    const socket = target.webSocket(url);
    socket.once("open", () => {
      this.#connections += 1;
      this.#openedAt = performance.now();
    });
    return socket;
  }

  #heard(value: string): void {
    const update = this.#updates.get(value);
    if (!update) return;
    this.silence.broken();
    this.arrivals.add(update, this.#openedAt);
    this.changes.happened();
  }
}
