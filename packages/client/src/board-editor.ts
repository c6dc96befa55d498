import {
  type BoardError,
  type ClientId,
  type ItemId,
  itemId,
  type Operation,
  type Point,
  type StrokeStyle,
} from "@crosspod/protocol";
import type { BoardDocument, RemovalListener } from "./board-document.ts";
import { Listeners } from "./listeners.ts";
import { DrawnStroke, type PenStroke } from "./pen-stroke.ts";
import { UndoHistory } from "./undo-history.ts";

/** One sweep of the eraser. */
export interface Eraser {
  /** Takes items away; those that are not on the board do not matter. */
  erase(ids: readonly ItemId[]): void;
  /** From here on it can be undone, as one step. */
  end(): void;
}

/** What this person does to the board, and can take back. */
export class BoardEditor {
  readonly historyChanged = new Listeners<[]>();
  readonly #document: BoardDocument;
  readonly #onPerformed: () => void;
  readonly #history: UndoHistory;
  readonly #openStrokes = new Set<DrawnStroke>();
  /** Of the board that the open strokes are part of. */
  #epoch: string | undefined;
  #items = 0;

  /** @param onPerformed the document has another operation. */
  constructor(document: BoardDocument, onPerformed: () => void) {
    this.#document = document;
    this.#onPerformed = onPerformed;
    this.#history = new UndoHistory(
      document.view,
      (operation, onRemoved) => this.#perform(operation, onRemoved),
      () => this.historyChanged.emit(),
    );
  }

  get canUndo(): boolean {
    return this.#history.canUndo;
  }

  get canRedo(): boolean {
    return this.#history.canRedo;
  }

  beginStroke(style: StrokeStyle, first: Point): PenStroke {
    const stroke = new DrawnStroke({
      style,
      first,
      step: this.#history.begin(),
      newItemId: () => this.#newItemId(),
      append: (operation) => this.#perform(operation),
      onEnd: () => this.#openStrokes.delete(stroke),
    });
    this.#openStrokes.add(stroke);
    return stroke;
  }

  beginErase(): Eraser {
    const step = this.#history.begin();
    return { erase: (ids) => step.remove(ids), end: () => step.end() };
  }

  clear(): void {
    if (this.#document.view.size === 0) return;
    const step = this.#history.begin();
    step.clear();
    step.end();
  }

  undo(): void {
    this.#history.undo();
  }

  redo(): void {
    this.#history.redo();
  }

  /** What was acknowledged in another epoch may be gone: more points of an open stroke would have nothing to be added to. */
  followEpoch(epoch: string): void {
    const before = this.#epoch;
    this.#epoch = epoch;
    if (before === undefined || before === epoch) return;
    for (const stroke of this.#openStrokes) if (!this.#document.view.get(stroke.item)) stroke.goOnInNewItem();
  }

  /** An operation will never be taken: what else would be drawn of its item would have nothing to be added to. */
  refuse(client: ClientId, clientSeq: number, error: BoardError): void {
    const gone = this.#document.refuse(client, clientSeq, error);
    const ids = new Set(gone.flatMap(({ operation }) => ("id" in operation ? [operation.id] : [])));
    for (const stroke of this.#openStrokes) if (ids.has(stroke.item)) stroke.end();
  }

  #newItemId(): ItemId {
    this.#items += 1;
    return itemId(this.#document.outbox.client, this.#items);
  }

  #perform(operation: Operation, onRemoved?: RemovalListener): void {
    this.#document.perform(operation, onRemoved);
    this.#onPerformed();
  }
}
