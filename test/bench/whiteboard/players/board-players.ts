import { BoardClient, type PenStroke } from "@crosspod/client";
import { countPoints } from "@crosspod/protocol";
import { handOf, onBoard, type PenSample } from "../recording.ts";
import { Playback, type Player } from "./playback.ts";
import { countBytes, until, type WireBytes } from "./wire-bytes.ts";
import { WireMeter } from "./wire-meter.ts";

/**
 * Plays the recording on a board of the whiteboard by the clients that the page has, and counts the bytes. Rejects when
 * it is not on the watcher's board in the end.
 */
export async function playOnBoard(
  port: number,
  options: {
    readonly board: string;
    readonly people: number;
    readonly pointers: boolean;
    /** Resolves when a board has settled after the last has joined. */
    readonly quiet: () => Promise<void>;
  },
): Promise<WireBytes> {
  const { board, people, pointers, quiet } = options;
  const wires = await Promise.all(Array.from({ length: people + 1 }, () => WireMeter.start(port)));
  const [watching, ...drawing] = wires;
  const clients = wires.map(({ url }, index) => new BoardClient({ url, board, name: `Person ${index}` }));
  const [watcher, ...drawers] = clients;
  try {
    if (!watching || !watcher) throw new Error("there is nobody who watches");
    for (const client of clients) client.open();
    await until("everyone's connection", () => clients.every(({ state }) => state === "live"));
    await quiet();
    const playback = new Playback(people);
    const bytes = await countBytes({ watching, drawing }, playback.samples, async () => {
      const slowness = await playback.play(new BoardPlayer(drawers, pointers));
      await until("the recording on the watcher's board", () => pointsOn(watcher) === playback.samples);
      return slowness;
    });
    await until("the last acknowledgement", () => drawers.every(({ saveState }) => saveState.state === "saved"));
    return bytes;
  } finally {
    for (const client of clients) client.close();
    for (const wire of wires) wire[Symbol.dispose]();
  }
}

class BoardPlayer implements Player {
  readonly #clients: readonly BoardClient[];
  readonly #showPointers: boolean;
  readonly #strokes = new Map<number, PenStroke>();

  constructor(clients: readonly BoardClient[], showPointers: boolean) {
    this.#clients = clients;
    this.#showPointers = showPointers;
  }

  begin(person: number, sample: PenSample): void {
    this.#point(person, sample);
    const stroke = this.#clients[person]?.beginStroke(handOf(person).style, onBoard(sample));
    if (stroke) this.#strokes.set(person, stroke);
  }

  move(person: number, sample: PenSample): void {
    this.#point(person, sample);
    this.#strokes.get(person)?.extend([onBoard(sample)]);
  }

  end(person: number): void {
    this.#strokes.get(person)?.end();
  }

  #point(person: number, sample: PenSample): void {
    if (this.#showPointers) this.#clients[person]?.presence.moveCursor(onBoard(sample));
  }
}

function pointsOn({ view }: BoardClient): number {
  let points = 0;
  for (const item of view.items()) points += countPoints(item.points, item) ?? 0;
  return points;
}
