import { BoardClient, connectSocket } from "@crosspod/client";
import { encodeItems, type ItemId, type Point, type StrokeStyle } from "@crosspod/protocol";
import { Changes, whenReady } from "../timing/wait.ts";
import { agentOption, type Dialer } from "./dialer.ts";
import type { Target } from "./target.ts";

const STYLE: StrokeStyle = { color: "808080", width: 32, pressure: false };

/** A page's side of a board: the page's client, over connections that can be cut. Disposing of it closes it. */
export class BoardVisitor implements Disposable {
  readonly client: BoardClient;
  readonly changes = new Changes();
  readonly #dialer: Dialer;

  constructor(target: Target, board: string) {
    this.#dialer = target.newDialer();
    const agent = agentOption(this.#dialer);
    this.client = new BoardClient({
      url: target.url,
      board,
      name: "crosspod probe",
      connect: (url) => connectSocket(url, { agent }),
    });
    this.client.onState(() => this.changes.happened());
    this.client.onSaveState(() => this.changes.happened());
    this.client.view.onChange(() => this.changes.happened());
    this.client.open();
  }

  /** Resolves when the board is there. */
  static open(target: Target, board: string, signal: AbortSignal): Promise<BoardVisitor> {
    const visitor = new BoardVisitor(target, board);
    return whenReady(visitor, visitor.untilLive(signal));
  }

  get pod(): string | undefined {
    return this.client.hello?.pod;
  }

  get isLive(): boolean {
    return this.client.state === "live";
  }

  get isSaved(): boolean {
    return this.client.saveState.state === "saved";
  }

  /** The board as text: equal for all who see the same. */
  get board(): string {
    return encodeItems([...this.client.view.items()]);
  }

  has(id: ItemId): boolean {
    return this.client.view.get(id) !== undefined;
  }

  /** Draws a small stroke somewhere, and says which it is. */
  draw(): ItemId {
    const place = somewhere();
    const stroke = this.client.beginStroke(STYLE, place);
    stroke.extend([{ x: place.x + 200, y: place.y + 100 }]);
    stroke.end();
    return stroke.id;
  }

  /** Takes strokes away. */
  erase(ids: readonly ItemId[]): void {
    const eraser = this.client.beginErase();
    eraser.erase(ids);
    eraser.end();
  }

  /** Cuts the connection, without a word to the other side; the client makes another one. */
  forceClose(): void {
    this.#dialer.forceClose();
  }

  untilLive(signal: AbortSignal): Promise<void> {
    return this.changes.until("the board", () => this.isLive, signal);
  }

  untilSaved(signal: AbortSignal): Promise<void> {
    return this.changes.until("an acknowledgement", () => this.isSaved, signal);
  }

  untilSeen(id: ItemId, signal: AbortSignal): Promise<void> {
    return this.changes.until("a stroke", () => this.has(id), signal);
  }

  [Symbol.dispose](): void {
    this.client.close();
  }
}

const somewhere = (): Point => ({ x: Math.round(Math.random() * 15_000), y: Math.round(Math.random() * 8_000) });
