import { clearBoard } from "../checks/clear-board.ts";
import { BoardVisitor } from "../clients/board-visitor.ts";
import { pluralize } from "../format/pluralize.ts";
import { Drawer } from "./drawer.ts";
import { Fleet, type FleetOptions } from "./fleet.ts";
import { sum } from "./sum.ts";
import type { WatchReport } from "./watch-report.ts";

/** How long acknowledgements and what is still on its way are waited for, at the end. */
const SETTLE_MS = 10_000;

/** People at a board of the probe's own, who draw for each other. */
export class BoardFleet extends Fleet<Drawer> {
  readonly #board: string;
  #outOfOrder = 0;

  constructor(options: FleetOptions, board: string) {
    super(options, () => new Drawer(options.target, board));
    this.#board = board;
  }

  get traffic(): string {
    return `${pluralize(this.options.rate, "stroke")} a second on the board ${this.#board}, which is cleared at the end`;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    if (this.report().taken > 0) await clearBoard({ target: this.options.target, board: this.#board });
  }

  protected send(sender: number): void {
    this.members[sender]?.draw();
  }

  /** All members, and one that joins late, must have the same strokes in the same order. */
  protected async compare(): Promise<void> {
    const { members } = this;
    const expected = new Set(members.flatMap(({ kept }) => kept));
    await allWithin(members, ({ waiting }) => waiting === 0);
    const signal = AbortSignal.timeout(SETTLE_MS);
    const late = await BoardVisitor.open(this.options.target, this.#board, signal).catch(() => undefined);
    const truth = late?.board;
    // What is acknowledged to its author may still be on its way to the others.
    if (late) await allWithin(members, ({ board }) => board === truth);
    const all = late ? [...members, late] : members;
    this.lost = sum(all, (visitor) => differences(visitor, expected)) + (late ? 0 : expected.size);
    this.#outOfOrder = this.lost > 0 ? 0 : members.filter(({ board }) => board !== truth).length;
    late?.[Symbol.dispose]();
  }

  protected counts(): Pick<WatchReport, "taken" | "outOfOrder" | "unacknowledged"> {
    return {
      taken: sum(this.members, ({ drawn }) => drawn),
      outOfOrder: this.#outOfOrder,
      unacknowledged: sum(this.members, ({ waiting }) => waiting),
    };
  }
}

/** Strokes that are missing, and erased ones that are still there. */
function differences({ client }: BoardVisitor, expected: ReadonlySet<string>): number {
  const missing = [...expected].filter((id) => client.view.get(id) === undefined).length;
  return missing + (client.view.size - (expected.size - missing));
}

/** Waits until it holds for all of them, but not for ever. */
const allWithin = (drawers: readonly Drawer[], holds: (drawer: Drawer) => boolean): Promise<unknown> =>
  Promise.all(drawers.map((drawer) => drawer.changes.within(SETTLE_MS, () => holds(drawer))));
