import {
  type Append,
  countPoints,
  type Item,
  type ItemId,
  MAX_MESSAGE_LENGTH,
  MAX_REMOVED_ITEMS,
  type Operation,
  type PointFormat,
  type Put,
} from "@crosspod/protocol";
import { Emitter } from "../events/emitter.ts";
import type { RemovalListener } from "../outbox/pending-operation.ts";
import type { BoardView } from "./board-view.ts";
import { isPendingZ } from "./optimistic-view.ts";

const MAX_STEPS = 200;
/** Leaves room in a message for what is not points. Two operations of this length hold any item that a board takes. */
const MAX_PUT_LENGTH = MAX_MESSAGE_LENGTH - 1_024;

/** Performs an operation; `onRemoved` hears what it really took away. */
type Perform = (operation: Operation, onRemoved?: RemovalListener) => void;

/** What one step has done to the board: undoing it does the opposite. */
interface Step {
  readonly added: Set<ItemId>;
  readonly removed: Map<ItemId, Item>;
  /** What has put those back, if the step was undone. */
  undoneBy?: Step;
}

/** Several changes that are undone together: a stroke that is longer than an item, or one sweep of the eraser. */
export interface StepInProgress {
  put(operation: Put): void;
  append(operation: Append): void;
  /** Takes items away; those that are not on the board do not matter. */
  erase(ids: readonly ItemId[]): void;
  clear(): void;
  /** From here on it can be undone, as one step. */
  end(): void;
}

/** One sweep of the eraser. */
export type Eraser = Pick<StepInProgress, "erase" | "end">;

/** What this person did and can take back: the inverse operations [W5], at most {@link MAX_STEPS} steps. */
export class UndoHistory {
  readonly #changed = new Emitter<[]>();
  /** Hears that {@link canUndo} or {@link canRedo} may have changed. */
  readonly onChange = this.#changed.add;
  readonly #view: BoardView;
  readonly #perform: Perform;
  #undo: Step[] = [];
  #redo: Step[] = [];

  constructor(view: BoardView, perform: Perform) {
    this.#view = view;
    this.#perform = perform;
  }

  get canUndo(): boolean {
    return this.#undo.length > 0;
  }

  get canRedo(): boolean {
    return this.#redo.length > 0;
  }

  /** Begins something new. As soon as it makes a difference, what was undone before cannot be done again. */
  begin(): StepInProgress {
    const step = newStep();
    return {
      put: (operation) => {
        this.#forgetUndone();
        step.added.add(operation.id);
        this.#perform(operation);
      },
      append: (operation) => this.#perform(operation),
      erase: (ids) => {
        if (ids.some((id) => this.#view.get(id))) this.#forgetUndone();
        this.#remove(step, ids);
      },
      clear: () => {
        this.#forgetUndone();
        this.#take(step, { type: "clear" }, [...this.#view.items()]);
      },
      end: () => {
        if (isEmpty(step)) return;
        this.#undo = [...this.#undo, step].slice(-MAX_STEPS);
        this.#changed.emit();
      },
    };
  }

  /** Takes the last step back that still makes a difference. */
  undo(): void {
    this.#invertLast(this.#undo, this.#redo);
  }

  /** Does again what was undone last. */
  redo(): void {
    this.#invertLast(this.#redo, this.#undo);
  }

  #forgetUndone(): void {
    if (!this.canRedo) return;
    this.#redo = [];
    this.#changed.emit();
  }

  #invertLast(from: Step[], to: Step[]): void {
    for (let step = from.pop(); step; step = from.pop()) {
      const inverse = this.#invert(step);
      if (isEmpty(inverse)) continue;
      to.push(inverse);
      break;
    }
    this.#changed.emit();
  }

  /** Does the opposite of a step: nothing where others have done so already. */
  #invert(step: Step): Step {
    const inverse = newStep();
    this.#remove(inverse, [...step.added]);
    const missing = [...step.removed.values()].filter(({ id }) => !this.#view.get(id));
    if (missing.length > 0) step.undoneBy = inverse;
    for (const item of missing.sort((a, b) => a.z - b.z)) this.#putBack(inverse, item);
    return inverse;
  }

  #putBack(step: Step, { z, points, ...item }: Item): void {
    const { id, pressure } = item;
    const end = endOfFirstPart(points, item);
    step.added.add(id);
    this.#perform({ type: "put", ...item, points: points.slice(0, end), ...(!isPendingZ(z) && { z }) });
    if (end < points.length) this.#perform({ type: "append", id, pressure, points: points.slice(end) });
  }

  #remove(step: Step, ids: readonly ItemId[]): void {
    const items = [...new Set(ids)].flatMap((id) => this.#view.get(id) ?? []);
    for (let start = 0; start < items.length; start += MAX_REMOVED_ITEMS) {
      const some = items.slice(start, start + MAX_REMOVED_ITEMS);
      this.#take(step, { type: "remove", ids: some.map(({ id }) => id) }, some);
    }
  }

  /** Performs a removal. What it seems to take away is put right when it is known what it really took away. */
  #take(step: Step, operation: Operation, seen: readonly Item[]): void {
    for (const item of seen) step.removed.set(item.id, item);
    this.#perform(operation, (removed) => {
      if (step.undoneBy) return this.#putBackRest(step.removed, step.undoneBy, removed);
      for (const { id } of seen) step.removed.delete(id);
      for (const item of removed) step.removed.set(item.id, item);
    });
  }

  /** It was undone before it had its place: what it took away beyond what was seen is put back, too. */
  #putBackRest(seen: ReadonlyMap<ItemId, Item>, undoneBy: Step, removed: readonly Item[]): void {
    for (const item of removed) {
      const before = seen.get(item.id);
      if (!before) this.#putBack(undoneBy, item);
      else if (item.points.length > before.points.length && item.points.startsWith(before.points)) {
        const points = item.points.slice(before.points.length);
        this.#perform({ type: "append", id: item.id, pressure: item.pressure, points });
      }
    }
  }
}

const newStep = (): Step => ({ added: new Set(), removed: new Map() });

const isEmpty = ({ added, removed }: Step): boolean => added.size + removed.size === 0;

/** Where the points that fit into one operation end: all, but for an item that others have filled to its limit. */
function endOfFirstPart(points: string, format: PointFormat): number {
  if (points.length <= MAX_PUT_LENGTH) return points.length;
  let end = MAX_PUT_LENGTH;
  while (countPoints(points.slice(0, end), format) === undefined) end -= 1;
  return end;
}
