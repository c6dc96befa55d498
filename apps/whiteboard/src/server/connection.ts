import { BoardEvent, type Reply } from "@crosspod/protocol";
import type { Socket } from "socket.io";
import type { BoardMetrics } from "./board-metrics.ts";
import { refuse } from "./board-request.ts";
import type { BoardSocket } from "./board-socket.ts";
import type { DrawingBridge } from "./drawing-bridge.ts";
import type { MessageRate } from "./message-rate.ts";

/** What reading a board costs, in small messages: the reply can be the whole of it. */
const READ_COST = 10;

const EVENTS: ReadonlySet<string> = new Set(Object.values(BoardEvent));

/** What a connection is made with. */
export interface ConnectionParts {
  readonly board: BoardSocket;
  /** The original example's clients; undefined for a connection that has said that it is none [W12]. */
  readonly drawings: DrawingBridge | undefined;
  readonly rate: MessageRate;
  readonly maxMessagesPerSecond: number;
  readonly metrics: BoardMetrics;
  /** Told of what nobody foresaw. */
  readonly failed: (error: unknown) => void;
}

/**
 * One socket.io connection: whatever it sends gets its reply, or is counted where no reply was asked for. It holds it to its rate, and tells the original example's clients from ours.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #parts: ConnectionParts;
  #drawings: DrawingBridge | undefined;

  constructor(socket: Socket, parts: ConnectionParts) {
    this.#socket = socket;
    this.#parts = parts;
    this.#drawings = parts.drawings;
    // One listener for every event: an event's name is the client's, and can be anything.
    socket.onAny((event: unknown, ...args: unknown[]) => {
      void this.#receive(String(event), args).catch(parts.failed);
    });
    socket.on("disconnect", () => {
      void Promise.all([parts.board.leave(), this.#stopDrawing()]).catch(parts.failed);
    });
    void this.#drawings?.connect(socket).catch(parts.failed);
  }

  async #receive(event: string, args: unknown[]): Promise<void> {
    const { rate, metrics, board } = this.#parts;
    metrics.message(EVENTS.has(event) ? event : "unknown");
    const acknowledge = takeAcknowledgement(args);
    const passes = rate.take(event === BoardEvent.join || event === BoardEvent.since ? READ_COST : 1);
    if (event === BoardEvent.drawing && this.#drawings) {
      if (passes) await this.#drawings.draw(this.#socket, args[0]);
      else metrics.drawingDropped("too-many-messages");
      return;
    }
    const reply = passes ? await board.receive(event, args) : this.#tooMany();
    if (event === BoardEvent.join && "ok" in reply) await this.#stopDrawing();
    if ("error" in reply) metrics.refused(reply.error.code);
    acknowledge?.(reply);
  }

  #tooMany(): Reply<never> {
    const { maxMessagesPerSecond } = this.#parts;
    const detail = `more than ${maxMessagesPerSecond} messages a second; slow down and send this again`;
    return refuse("too-many-messages", detail, maxMessagesPerSecond);
  }

  async #stopDrawing(): Promise<void> {
    const drawings = this.#drawings;
    this.#drawings = undefined;
    await drawings?.disconnect(this.#socket);
  }
}

type Acknowledge = (reply: Reply<unknown>) => void;

/** Takes the last argument off where it is socket.io's way back; nothing that a client sends can be a function. */
function takeAcknowledgement(args: unknown[]): Acknowledge | undefined {
  if (typeof args.at(-1) !== "function") return undefined;
  return args.pop() as Acknowledge;
}
