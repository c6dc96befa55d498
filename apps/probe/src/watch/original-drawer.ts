import { BoardEvent, type Drawing } from "@crosspod/protocol";
import { io, type Socket } from "socket.io-client";
import { agentOption } from "../clients/dialer.ts";
import type { Target } from "../clients/target.ts";
import { Changes } from "../timing/wait.ts";
import type { Member, Tally } from "./fleet.ts";
import { Silence } from "./silence.ts";

/** Where a watch's segments begin: at a place where nobody draws by hand. */
const MARK = 0.123456789;

/** A person with the original example's page, who draws short segments; a segment's colour is its number. */
export class OriginalDrawer implements Member {
  /** The original example's server does not say which pod it is. */
  readonly pod = undefined;
  readonly changes = new Changes();
  readonly silence = new Silence();
  /** Of the segments of others; out of order is what came after a newer one of the same person. */
  readonly tally: Tally = { received: 0, reconnects: 0, repeated: 0, outOfOrder: 0 };
  readonly #received = new Set<number>();
  /** The newest number of each of the others, by where they draw. */
  readonly #newest = new Map<number, number>();
  readonly #place: number;
  readonly #socket: Socket;

  /** @param place where it draws, from 0 to 1; each drawer has its own. */
  constructor(target: Target, place: number) {
    this.#place = place;
    this.#socket = io(target.url.origin, {
      transports: ["websocket"],
      forceNew: true,
      agent: agentOption(target.newDialer()),
    });
    this.#socket.on("connect", () => this.changes.happened());
    this.#socket.io.on("reconnect", () => {
      this.tally.reconnects += 1;
    });
    this.#socket.on(BoardEvent.drawing, (drawing: Partial<Drawing>) => this.#heard(drawing));
  }

  get isLive(): boolean {
    return this.#socket.connected;
  }

  draw(number: number): void {
    const color = `#${number.toString(16).padStart(6, "0")}`;
    this.#socket.emit(BoardEvent.drawing, { x0: MARK, y0: this.#place, x1: MARK, y1: this.#place, color });
  }

  [Symbol.dispose](): void {
    this.#socket.disconnect();
  }

  #heard({ x0, y0, color }: Partial<Drawing>): void {
    if (x0 !== MARK || y0 === undefined || typeof color !== "string") return;
    const number = Number.parseInt(color.slice(1), 16);
    const newest = this.#newest.get(y0) ?? 0;
    if (this.#received.has(number)) this.tally.repeated += 1;
    else if (number < newest) this.tally.outOfOrder += 1;
    this.#received.add(number);
    this.tally.received = this.#received.size;
    this.#newest.set(y0, Math.max(newest, number));
    this.silence.broken();
    this.changes.happened();
  }
}
