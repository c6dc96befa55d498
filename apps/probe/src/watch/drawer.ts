import type { ItemId } from "@crosspod/protocol";
import { BoardVisitor } from "../board-visitor.ts";
import type { Target } from "../target.ts";
import { pause } from "../wait.ts";
import { Silence } from "./silence.ts";

/** A board has a limit of items: older strokes are erased by who drew them. */
const KEPT_STROKES = 50;

/** Somebody who draws small strokes on a board at a steady pace, erases the old ones, and counts what others draw. */
export class Drawer {
  readonly visitor: BoardVisitor;
  readonly silence = new Silence();
  readonly #own = new Set<ItemId>();
  readonly #seen = new Set<ItemId>();
  readonly #kept: ItemId[] = [];
  #connections = 0;
  #repeated = 0;
  /** A stroke of one's own shows before its id is known here. */
  #isDrawing = false;

  constructor(target: Target, board: string) {
    this.visitor = new BoardVisitor(target, board);
    const { client } = this.visitor;
    client.onState((state) => {
      if (state === "reconnecting") this.#connections += 1;
    });
    client.view.onChange((change) => {
      if (change.type === "put") this.#put(change.item.id);
      if (change.type === "reset") for (const { id } of client.view.items()) this.#see(id);
    });
  }

  /** The strokes that must be on the board, once they are acknowledged. */
  get kept(): readonly ItemId[] {
    return this.#kept;
  }

  get drawn(): number {
    return this.#own.size;
  }

  /** Strokes of others that were seen. */
  get received(): number {
    return this.#seen.size;
  }

  get reconnects(): number {
    return this.#connections;
  }

  get repeated(): number {
    return this.#repeated;
  }

  /** Operations that wait for their acknowledgement. */
  get waiting(): number {
    const { saveState } = this.visitor.client;
    return saveState.state === "saved" ? 0 : saveState.operations;
  }

  /** Draws until the signal says that it is enough. */
  async draw(firstAfterMs: number, everyMs: number, signal: AbortSignal): Promise<void> {
    await pause(firstAfterMs, signal);
    while (!signal.aborted) {
      this.#drawOne();
      await pause(everyMs, signal);
    }
  }

  #drawOne(): void {
    this.#isDrawing = true;
    const id = this.visitor.draw();
    this.#isDrawing = false;
    this.#own.add(id);
    this.#kept.push(id);
    const old = this.#kept.length > KEPT_STROKES ? this.#kept.shift() : undefined;
    if (old !== undefined) this.visitor.erase([old]);
  }

  #put(id: ItemId): void {
    if (this.#seen.has(id)) this.#repeated += 1;
    this.#see(id);
  }

  #see(id: ItemId): void {
    if (this.#isDrawing || this.#own.has(id) || this.#seen.has(id)) return;
    this.#seen.add(id);
    this.silence.broken();
  }
}
