import {
  type BoardError,
  type ClientId,
  type ItemId,
  itemId,
  type Operation,
  type Point,
  type StrokeStyle,
} from "@crosspod/protocol";
import type { BoardDocument } from "./board-document.ts";
import type { Clock } from "./clock.ts";
import { PenStroke } from "./pen-stroke.ts";
import type { RemovalListener } from "./pending-operation.ts";
import { Timer } from "./timer.ts";
import { UndoHistory } from "./undo-history.ts";

/** One sweep of the eraser. */
export interface Eraser {
  /** Takes items away; those that are not on the board do not matter. */
  erase(ids: readonly ItemId[]): void;
  /** From here on it can be undone, as one step. */
  end(): void;
}

/** A crash of the page loses what was drawn in this time at most. */
const FREEZE_AFTER_MS = 100;

export interface BoardEditorEvents {
  /** The outbox has more. */
  readonly onPerformed: () => void;
  /** What is in the outbox is in the storage, if there is room. */
  readonly onFlushed: () => void;
}

/** What this person does to the board, and can take back. */
export class BoardEditor {
  readonly history: UndoHistory;
  readonly #document: BoardDocument;
  readonly #events: BoardEditorEvents;
  readonly #openStrokes = new Set<PenStroke>();
  readonly #freezing: Timer;
  #items = 0;

  constructor(document: BoardDocument, clock: Clock, events: BoardEditorEvents) {
    this.#document = document;
    this.#events = events;
    this.history = new UndoHistory(document.view, (operation, onRemoved) => this.#perform(operation, onRemoved));
    this.#freezing = new Timer(clock, () => this.flush());
  }

  /** Puts what is being drawn into the storage as far as it has come. */
  flush(): void {
    this.#freezing.stop();
    this.#document.outbox.freeze();
    this.#events.onFlushed();
  }

  beginStroke(style: StrokeStyle, first: Point): PenStroke {
    const stroke = new PenStroke({
      style,
      first,
      step: this.history.begin(),
      newItemId: () => this.#newItemId(),
      onEnd: () => this.#openStrokes.delete(stroke),
    });
    this.#openStrokes.add(stroke);
    return stroke;
  }

  beginErase(): Eraser {
    const step = this.history.begin();
    return { erase: (ids) => step.remove(ids), end: () => step.end() };
  }

  clear(): void {
    if (this.#document.view.size === 0) return;
    const step = this.history.begin();
    step.clear();
    step.end();
  }

  /** What was acknowledged in the epoch before may be gone, and an open stroke's next points would have no item. */
  followEpoch(): void {
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
    this.#events.onPerformed();
    if (this.#document.outbox.hasDrafts) this.#freezing.start(FREEZE_AFTER_MS);
  }
}
