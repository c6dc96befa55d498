import { type BoardTransport, connectSocket } from "@crosspod/client";
import type { ItemId } from "@crosspod/protocol";
import { expect } from "vitest";
import { DEADLINE_MS } from "../deadline.ts";
import type { Fleet } from "../fleet.ts";
import { Silence } from "../silence.ts";
import { BoardPerson } from "./board-person.ts";

/** People who look at the default board and draw nothing. Disposing of it closes their clients. */
export class BoardFleet implements Fleet, Disposable {
  readonly members: readonly BoardPerson[];
  readonly connects: number[] = [];
  readonly #silences: readonly Silence[];

  /** @param urls for each of them where the whiteboard is. */
  constructor(urls: readonly string[]) {
    const connect = (url: string): BoardTransport => {
      const transport = connectSocket(url);
      transport.onConnect(() => this.connects.push(performance.now()));
      return transport;
    };
    this.members = urls.map((url) => new BoardPerson(url, { connect }));
    this.#silences = this.members.map(({ client }) => {
      const silence = new Silence();
      client.view.onChange(() => silence.heard());
      return silence;
    });
  }

  async untilLive(): Promise<void> {
    await expect
      .poll(() => this.members.filter(({ client }) => client.state !== "live").length, { timeout: DEADLINE_MS })
      .toBe(0);
  }

  /** Resolves when each of them sees exactly these items, by their ids and points, and all of them the same board. */
  async untilShown(strokes: ReadonlyMap<ItemId, string>): Promise<void> {
    const wrong = () => this.members.flatMap(({ items }) => differences(items, strokes));
    await expect.poll(() => wrong().slice(0, 10), { timeout: DEADLINE_MS }).toEqual([]);
    expect(new Set(this.members.map(({ board }) => board)).size).toBe(1);
  }

  takeSilences(): number[] {
    return this.#silences.map((silence) => silence.take());
  }

  [Symbol.dispose](): void {
    for (const member of this.members) member[Symbol.dispose]();
  }
}

/** Ids of items that are missing, are there without having been drawn, or have other points. */
function differences(items: readonly { id: ItemId; points: string }[], strokes: ReadonlyMap<ItemId, string>): ItemId[] {
  const seen = new Map(items.map(({ id, points }) => [id, points]));
  return [...new Set([...seen.keys(), ...strokes.keys()])].filter((id) => seen.get(id) !== strokes.get(id));
}
