import type { Drawing } from "@crosspod/protocol";
import { inWindow } from "../recording.ts";
import type { Crowd, Drawer } from "./drawer.ts";
import { PacketSocket } from "./packet-socket.ts";
import { PenWalk } from "./pen-walk.ts";

const COLORS = ["black", "red", "green", "blue", "yellow"] as const;

/** One of so many looks at when what it gets was sent. */
const WATCHERS = 5;

/** People who draw through the original example's relay. */
export class RelayCrowd implements Crowd {
  readonly #port: number;
  readonly #size: number;
  /** By the text of the event, which the relay does not change. */
  readonly #sentAt = new Map<string, number>();
  #joined = 0;
  #delivered: (sentAt: number, cameAt: number) => void = () => {};

  constructor(port: number, options: { readonly size: number }) {
    this.#port = port;
    this.#size = options.size;
  }

  async join(): Promise<Drawer> {
    const index = this.#joined++;
    const isWatcher = index % Math.ceil(this.#size / WATCHERS) === 0;
    const drawer = new RelayDrawer(index, {
      sent: (event, now) => this.#sentAt.set(event, now),
      came: isWatcher ? (packet) => this.#came(packet) : () => {},
    });
    await drawer.join(this.#port);
    return drawer;
  }

  watch(delivered: (sentAt: number, cameAt: number) => void): void {
    this.#delivered = delivered;
  }

  mustHaveSeen(drawer: Drawer, drawers: readonly Drawer[]): number {
    return drawers.reduce((sum, other) => (other === drawer ? sum : sum + (other as RelayDrawer).events), 0);
  }

  #came(packet: Buffer): void {
    const sentAt = this.#sentAt.get(packet.toString("latin1", 3, packet.length - 1));
    if (sentAt !== undefined) this.#delivered(sentAt, performance.now());
  }
}

interface RelayDrawerOptions {
  readonly sent: (event: string, now: number) => void;
  readonly came: (packet: Buffer) => void;
}

/** Emits `drawing` as the original example's page does: a segment for each sample. */
class RelayDrawer implements Drawer {
  samples = 0;
  /** Events that were sent. */
  events = 0;
  seen = 0;
  readonly isRight = true;
  readonly #options: RelayDrawerOptions;
  readonly #color: string;
  readonly #walk: PenWalk;
  #socket: PacketSocket | undefined;
  #last: { readonly x: number; readonly y: number } | undefined;
  #waiting: string[] = [];

  constructor(person: number, options: RelayDrawerOptions) {
    this.#options = options;
    this.#color = COLORS[person % COLORS.length] ?? COLORS[0];
    this.#walk = new PenWalk(person);
  }

  async join(port: number): Promise<void> {
    this.#socket = await PacketSocket.open(port, {
      onEvent: (packet) => {
        this.seen += 1;
        this.#options.came(packet);
      },
      onAcknowledgement: () => {},
    });
  }

  get isSaved(): boolean {
    return this.#waiting.length === 0;
  }

  draw(): void {
    const { sample, isDown } = this.#walk.step();
    const to = inWindow(sample);
    const from = isDown ? to : (this.#last ?? to);
    const drawing: Drawing = { x0: from.x, y0: from.y, x1: to.x, y1: to.y, color: this.#color };
    this.#waiting.push(`"drawing",${JSON.stringify(drawing)}`);
    this.#last = to;
    this.samples += 1;
  }

  send(now: number): void {
    for (const event of this.#waiting) {
      this.events += 1;
      this.#options.sent(event, now);
      this.#socket?.emit(event);
    }
    this.#waiting = [];
  }

  close(): void {
    this.#socket?.close();
  }
}
