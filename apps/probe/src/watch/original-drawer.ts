import { BoardEvent, type Drawing } from "@crosspod/protocol";
import { io, type Socket } from "socket.io-client";
import { agentOption } from "../board-visitor.ts";
import type { Target } from "../target.ts";
import { Changes, pause } from "../wait.ts";
import { Silence } from "./silence.ts";

/** Where a segment begins that belongs to a watch: nobody draws there by hand. */
const MARK = 0.123456789;

/** Somebody with the page of the original example, who draws short segments at a steady pace; a segment's colour is its number. */
export class OriginalDrawer {
  readonly changes = new Changes();
  readonly silence = new Silence();
  readonly #received = new Set<number>();
  /** The newest number of each of the others, by where they draw. */
  readonly #newest = new Map<number, number>();
  readonly #place: number;
  readonly #socket: Socket;
  #connections = 0;
  #repeated = 0;
  #outOfOrder = 0;

  /** @param place where it draws, from 0 to 1: nobody else may. */
  constructor(target: Target, place: number) {
    this.#place = place;
    this.#socket = io(target.url.origin, {
      transports: ["websocket"],
      forceNew: true,
      agent: agentOption(target.newDialer()),
    });
    this.#socket.on("connect", () => {
      this.#connections += 1;
      this.changes.happened();
    });
    this.#socket.on(BoardEvent.drawing, (drawing: Partial<Drawing>) => this.#heard(drawing));
  }

  get isConnected(): boolean {
    return this.#socket.connected;
  }

  /** Segments of others. */
  get received(): number {
    return this.#received.size;
  }

  get repeated(): number {
    return this.#repeated;
  }

  /** Segments that came after a newer one of the same person. */
  get outOfOrder(): number {
    return this.#outOfOrder;
  }

  get reconnects(): number {
    return Math.max(0, this.#connections - 1);
  }

  /** Draws until the signal says that it is enough. */
  async draw(firstAfterMs: number, everyMs: number, signal: AbortSignal, nextNumber: () => number): Promise<void> {
    await pause(firstAfterMs, signal);
    while (!signal.aborted) {
      const color = `#${nextNumber().toString(16).padStart(6, "0")}`;
      this.#socket.emit(BoardEvent.drawing, { x0: MARK, y0: this.#place, x1: MARK, y1: this.#place, color });
      await pause(everyMs, signal);
    }
  }

  close(): void {
    this.#socket.disconnect();
  }

  #heard({ x0, y0, color }: Partial<Drawing>): void {
    if (x0 !== MARK || y0 === undefined || typeof color !== "string") return;
    const number = Number.parseInt(color.slice(1), 16);
    const newest = this.#newest.get(y0) ?? 0;
    if (this.#received.has(number)) this.#repeated += 1;
    else if (number < newest) this.#outOfOrder += 1;
    this.#received.add(number);
    this.#newest.set(y0, Math.max(newest, number));
    this.silence.broken();
    this.changes.happened();
  }
}
