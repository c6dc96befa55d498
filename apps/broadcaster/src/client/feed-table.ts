import type { FeedClient, FeedValue } from "@crosspod/client";
import { elementById, inNextFrame } from "@crosspod/page";
import { FeedRow } from "./feed-row.ts";
import { insertionIndex } from "./natural-order.ts";
import { withValue } from "./sparkline.ts";

/** The rows that are there before their first value, as in the original example. */
const FIRST_IDS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** How long painting may take in a frame of 16 ms; the rest belongs to layout, input and messages. */
const PAINT_BUDGET_MS = 8;

/** Most rows that light up together: beyond it light says nothing any more, and costs the most. */
const MAX_FLASHING = 50;

/** The table of the newest value of each id. Touches only rows that have changed, at most once a frame. */
export class FeedTable {
  readonly #body = elementById("rows", HTMLTableSectionElement);
  readonly #client: FeedClient;
  readonly #rows = new Map<string, FeedRow>();
  readonly #sortedIds: string[] = [];
  /** The last numbers of each id. */
  readonly #recent = new Map<string, readonly number[]>();
  readonly #changed = new Set<string>();
  readonly #flashing = new Set<string>();
  readonly #requestPaint = inNextFrame(() => this.#paintChanged());

  constructor(client: FeedClient) {
    this.#client = client;
    client.onUpdate((value) => this.#update(value));
    client.onRestart(() => this.#reset());
    this.#reset();
  }

  #reset(): void {
    this.#changed.clear();
    this.#flashing.clear();
    this.#recent.clear();
    this.#rows.clear();
    this.#sortedIds.length = 0;
    this.#body.replaceChildren();
    for (const id of FIRST_IDS) this.#addRow(id);
  }

  #update({ id, value }: FeedValue): void {
    this.#recent.set(id, withValue(value, this.#recent.get(id)));
    // What comes before the feed is live is the snapshot: nothing has changed just now.
    if (this.#client.state === "live" && this.#flashing.size < MAX_FLASHING) this.#flashing.add(id);
    this.#changed.add(id);
    this.#requestPaint();
  }

  /** What does not fit into the budget waits for one more frame, so that a burst never freezes the page. */
  #paintChanged(): void {
    const end = performance.now() + PAINT_BUDGET_MS;
    for (const id of this.#changed) {
      this.#changed.delete(id);
      this.#paint(id);
      if (performance.now() > end) break;
    }
    if (this.#changed.size > 0) this.#requestPaint();
  }

  #paint(id: string): void {
    const value = this.#client.values.get(id);
    if (!value) return;
    const row = this.#rows.get(id) ?? this.#addRow(id);
    row.show(value, this.#recent.get(id) ?? []);
    if (this.#flashing.delete(id)) row.flash();
  }

  #addRow(id: string): FeedRow {
    const row = new FeedRow(id);
    const index = insertionIndex(this.#sortedIds, id);
    const next = this.#rows.get(this.#sortedIds[index] ?? "");
    this.#body.insertBefore(row.element, next?.element ?? null);
    this.#sortedIds.splice(index, 0, id);
    this.#rows.set(id, row);
    return row;
  }
}
