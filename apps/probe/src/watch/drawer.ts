import type { ItemId } from "@crosspod/protocol";
import { BoardVisitor } from "../clients/board-visitor.ts";
import type { Target } from "../clients/target.ts";
import type { Member, Tally } from "./fleet.ts";
import { Silence } from "./silence.ts";

/** A board has a limit of items: older strokes are erased by their authors. */
const KEPT_STROKES = 50;

/** A person who draws small strokes on a board, erases the old ones, and counts what others draw. */
export class Drawer extends BoardVisitor implements Member {
  readonly silence = new Silence();
  /** The strokes that must be on the board, once they are acknowledged. */
  readonly kept: ItemId[] = [];
  /** Of the strokes of others. */
  readonly tally: Tally = { received: 0, reconnects: 0, repeated: 0, outOfOrder: 0 };
  readonly #own = new Set<ItemId>();
  readonly #seen = new Set<ItemId>();
  /** A stroke of one's own shows before its id is known here. */
  #isDrawing = false;

  constructor(target: Target, board: string) {
    super(target, board);
    const { client } = this;
    client.onState((state) => {
      if (state === "reconnecting") this.tally.reconnects += 1;
    });
    client.view.onChange((change) => {
      if (change.type === "put") this.#put(change.item.id);
      if (change.type === "reset") for (const { id } of client.view.items()) this.#see(id);
    });
  }

  get drawn(): number {
    return this.#own.size;
  }

  /** Operations that wait for their acknowledgement. */
  get waiting(): number {
    const { saveState } = this.client;
    return saveState.state === "saved" ? 0 : saveState.operations;
  }

  override draw(): ItemId {
    this.#isDrawing = true;
    const id = super.draw();
    this.#isDrawing = false;
    this.#own.add(id);
    this.kept.push(id);
    const old = this.kept.length > KEPT_STROKES ? this.kept.shift() : undefined;
    if (old !== undefined) this.erase([old]);
    return id;
  }

  #put(id: ItemId): void {
    if (this.#seen.has(id)) this.tally.repeated += 1;
    this.#see(id);
  }

  #see(id: ItemId): void {
    if (this.#isDrawing || this.#own.has(id) || this.#seen.has(id)) return;
    this.#seen.add(id);
    this.tally.received = this.#seen.size;
    this.silence.broken();
  }
}
