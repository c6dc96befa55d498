import {
  countPoints,
  type Item,
  type ItemId,
  MAX_MESSAGE_LENGTH,
  MAX_REMOVED_ITEMS,
  type Operation,
  type PointFormat,
} from "@crosspod/protocol";
import type { RemovalListener } from "./board-document.ts";
import type { BoardView } from "./board-view.ts";
import { Emitter } from "./emitter.ts";
import { isPendingZ } from "./optimistic-view.ts";

const MAX_STEPS = 200;
/** Leaves room in a message for what is not points. Two operations of this length hold any item that a board takes. */
const MAX_PUT_LENGTH = MAX_MESSAGE_LENGTH - 1_024;

/** Performs an operation; `onRemoved` hears what it really took away. */
export type Perform = (operation: Operation, onRemoved?: RemovalListener) => void;

/** Items that one step has put on the board: undoing it takes them away. */
interface AddedStep {
  readonly type: "added";
  readonly ids: Set<ItemId>;
}

/** Items that one step has taken away: undoing it puts them back. */
interface RemovedStep {
  readonly type: "removed";
  readonly items: Map<ItemId, Item>;
  /** What has put them back, if the step was undone before its operations had their place in the board's order. */
  undoneBy?: AddedStep;
}

type Step = AddedStep | RemovedStep;

/** Several changes that are undone together: a stroke that is longer than an item, or one sweep of the eraser. */
export interface StepInProgress {
  put(operation: Extract<Operation, { type: "put" }>): void;
  remove(ids: readonly ItemId[]): void;
  clear(): void;
  /** From here on it can be undone. */
  end(): void;
}

/** What this person did and can take back: the inverse operations [W5], at most {@link MAX_STEPS} steps. */
export class UndoHistory {
  /** Whether there is something to undo, or to do again, may have changed. */
  readonly changed = new Emitter<[]>();
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
    const added: AddedStep = { type: "added", ids: new Set() };
    const removed: RemovedStep = { type: "removed", items: new Map() };
    return {
      put: (operation) => {
        this.#forgetUndone();
        added.ids.add(operation.id);
        this.#perform(operation);
      },
      remove: (ids) => {
        if (ids.some((id) => this.#view.get(id))) this.#forgetUndone();
        this.#remove(removed, ids);
      },
      clear: () => {
        this.#forgetUndone();
        this.#take(removed, { type: "clear" }, [...this.#view.items()]);
      },
      end: () => this.#push(added.ids.size > 0 ? added : removed),
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
    this.changed.emit();
  }

  #push(step: Step): void {
    if (isEmpty(step)) return;
    this.#undo = [...this.#undo, step].slice(-MAX_STEPS);
    this.changed.emit();
  }

  #invertLast(from: Step[], to: Step[]): void {
    for (let step = from.pop(); step; step = from.pop()) {
      const inverse = step.type === "added" ? this.#takeAway(step) : this.#putBack(step);
      if (!inverse) continue;
      to.push(inverse);
      break;
    }
    this.changed.emit();
  }

  /** Undefined when others have taken it away already. */
  #takeAway({ ids }: AddedStep): RemovedStep | undefined {
    const step: RemovedStep = { type: "removed", items: new Map() };
    this.#remove(step, [...ids]);
    return isEmpty(step) ? undefined : step;
  }

  /** Undefined when it is all there. */
  #putBack(step: RemovedStep): AddedStep | undefined {
    const missing = [...step.items.values()].filter(({ id }) => !this.#view.get(id));
    if (missing.length === 0) return undefined;
    const added: AddedStep = { type: "added", ids: new Set(missing.map(({ id }) => id)) };
    step.undoneBy = added;
    for (const item of missing.sort((a, b) => a.z - b.z)) this.#putItem(item);
    return added;
  }

  #putItem({ z, points, ...item }: Item): void {
    const end = endOfFirstPart(points, item);
    this.#perform({ type: "put", ...item, points: points.slice(0, end), ...(!isPendingZ(z) && { z }) });
    const { id, pressure } = item;
    if (end < points.length) this.#perform({ type: "append", id, pressure, points: points.slice(end) });
  }

  #remove(step: RemovedStep, ids: readonly ItemId[]): void {
    const items = [...new Set(ids)].flatMap((id) => this.#view.get(id) ?? []);
    for (let start = 0; start < items.length; start += MAX_REMOVED_ITEMS) {
      const some = items.slice(start, start + MAX_REMOVED_ITEMS);
      this.#take(step, { type: "remove", ids: some.map(({ id }) => id) }, some);
    }
  }

  /** Performs a removal. What it seems to take away is put right when it is known what it really took away. */
  #take(step: RemovedStep, operation: Operation, seen: readonly Item[]): void {
    for (const item of seen) step.items.set(item.id, item);
    this.#perform(operation, (removed) => {
      if (step.undoneBy) return this.#putBackRest(step.items, step.undoneBy, removed);
      for (const { id } of seen) step.items.delete(id);
      for (const item of removed) step.items.set(item.id, item);
    });
  }

  /** It was undone before it had its place: what it took away beyond what was seen is put back, too. */
  #putBackRest(seen: ReadonlyMap<ItemId, Item>, added: AddedStep, removed: readonly Item[]): void {
    for (const item of removed) {
      const before = seen.get(item.id);
      if (!before) {
        added.ids.add(item.id);
        this.#putItem(item);
      } else if (item.points.length > before.points.length && item.points.startsWith(before.points)) {
        const points = item.points.slice(before.points.length);
        this.#perform({ type: "append", id: item.id, pressure: item.pressure, points });
      }
    }
  }
}

const isEmpty = (step: Step): boolean => (step.type === "added" ? step.ids.size : step.items.size) === 0;

/** Where the points that fit into one operation end: all, but for an item that others have filled to its limit. */
function endOfFirstPart(points: string, format: PointFormat): number {
  if (points.length <= MAX_PUT_LENGTH) return points.length;
  let end = MAX_PUT_LENGTH;
  while (countPoints(points.slice(0, end), format) === undefined) end -= 1;
  return end;
}
