import { FeedClient } from "@crosspod/client";
import { expect } from "vitest";
import { WebSocket } from "ws";
import { DEADLINE_MS } from "../deadline.ts";
import type { Fleet } from "../fleet.ts";
import { Silence } from "../silence.ts";

/** The feed's own clients, as many pages would have them, and what they lived through. Disposing of it closes them. */
export class FeedFleet implements Fleet, Disposable {
  readonly members: readonly FleetMember[];
  readonly connects: number[] = [];

  constructor(url: string, size: number) {
    const connect = (feedUrl: string): WebSocket => {
      this.connects.push(performance.now());
      return new WebSocket(feedUrl);
    };
    this.members = Array.from({ length: size }, () => new FleetMember(new FeedClient({ url, connect })));
  }

  async untilLive(): Promise<void> {
    await expect
      .poll(() => this.members.filter(({ client }) => client.state !== "live").length, { timeout: DEADLINE_MS })
      .toBe(0);
  }

  /** Resolves when each of them shows at least these values. */
  async untilShown(values: ReadonlyMap<string, string>): Promise<void> {
    const missing = () => this.members.flatMap((member) => member.missing(values));
    await expect.poll(() => missing().slice(0, 10), { timeout: DEADLINE_MS }).toEqual([]);
  }

  takeSilences(): number[] {
    return this.members.map(({ silence }) => silence.take());
  }

  [Symbol.dispose](): void {
    for (const { client } of this.members) client.close();
  }
}

/** One client of a fleet. */
export class FleetMember {
  readonly client: FeedClient;
  /** Between one update and the next. */
  readonly silence = new Silence();
  /** Updates that came after one with a higher revision. */
  outOfOrder = 0;
  /** How often its values were taken away because the data set was another one. */
  restarts = 0;
  #revision = 0;

  constructor(client: FeedClient) {
    this.client = client;
    client.onUpdate(({ revision = 0 }) => this.#updated(revision));
    client.onRestart(() => {
      this.restarts += 1;
    });
    client.open();
  }

  /** The ids whose value it does not show. */
  missing(values: ReadonlyMap<string, string>): string[] {
    return [...values.keys()].filter((id) => this.client.values.get(id)?.value !== values.get(id));
  }

  #updated(revision: number): void {
    if (revision <= this.#revision) this.outOfOrder += 1;
    this.#revision = revision;
    this.silence.heard();
  }
}
