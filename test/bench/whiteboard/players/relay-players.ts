import type { Drawing } from "@crosspod/protocol";
import { io, type Socket } from "socket.io-client";
import { inWindow, type PenSample } from "../recording.ts";
import { Playback, type Player } from "./playback.ts";
import { countBytes, until, type WireBytes } from "./wire-bytes.ts";
import { WireMeter } from "./wire-meter.ts";

const EVENT = "drawing";

/**
 * Plays the recording over the relay as the original example's page does, and counts the bytes. Rejects when the
 * watcher does not get all of it.
 */
export async function playOnRelay(
  port: number,
  options: { readonly people: number; readonly quiet: () => Promise<void> },
): Promise<WireBytes> {
  const wires = await Promise.all(Array.from({ length: options.people + 1 }, () => WireMeter.start(port)));
  const [watching, ...drawing] = wires;
  const clients = wires.map(({ url }) => io(url, { transports: ["websocket"], forceNew: true }));
  const [watcher, ...drawers] = clients;
  try {
    if (!watching || !watcher) throw new Error("there is nobody who watches");
    await until("everyone's connection", () => clients.every(({ connected }) => connected));
    await options.quiet();
    const playback = new Playback(options.people);
    let seen = 0;
    watcher.on(EVENT, () => {
      seen += 1;
    });
    return await countBytes({ watching, drawing }, playback.samples, async () => {
      const slowness = await playback.play(new RelayPlayer(drawers));
      // A segment from each sample to the next, and one to where the button is let go.
      await until("the recording at the watcher", () => seen === playback.samples);
      return slowness;
    });
  } finally {
    for (const client of clients) client.disconnect();
    for (const wire of wires) wire[Symbol.dispose]();
  }
}

class RelayPlayer implements Player {
  readonly #sockets: readonly Socket[];
  readonly #pens = new Map<number, PenSample>();

  constructor(sockets: readonly Socket[]) {
    this.#sockets = sockets;
  }

  begin(person: number, sample: PenSample): void {
    this.#pens.set(person, sample);
  }

  move(person: number, sample: PenSample): void {
    const from = inWindow(this.#pens.get(person) ?? sample);
    const to = inWindow(sample);
    const drawing: Drawing = { x0: from.x, y0: from.y, x1: to.x, y1: to.y, color: "black" };
    this.#sockets[person]?.emit(EVENT, drawing);
    this.#pens.set(person, sample);
  }

  end(person: number): void {
    const last = this.#pens.get(person);
    if (last) this.move(person, last);
  }
}
