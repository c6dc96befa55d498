import type { FeedClient, FeedValue } from "@crosspod/client";
import { FeedRow } from "./feed-row.ts";
import { FrameQueue } from "./frame-queue.ts";
import { History } from "./history.ts";
import { insertionIndex } from "./natural-order.ts";

/** The rows that are there before their first value, as in the original example. */
const FIRST_IDS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

/** Most rows that light up together: beyond it light says nothing any more, and costs the most. */
const MAX_FLASHING = 50;

/** The table of the newest value of each id. Touches only rows that have changed, at most once a frame. */
export class FeedTable {
  readonly #body: HTMLTableSectionElement;
  readonly #client: FeedClient;
  readonly #rows = new Map<string, FeedRow>();
  readonly #sortedIds: string[] = [];
  readonly #histories = new Map<string, History>();
  readonly #flashing = new Set<string>();
  readonly #queue = new FrameQueue((id) => this.#paint(id));

  constructor(body: HTMLTableSectionElement, client: FeedClient) {
    this.#body = body;
    this.#client = client;
    client.onUpdate((value) => this.#update(value));
    client.onRestart(() => this.#reset());
    this.#reset();
  }

  #reset(): void {
    this.#queue.clear();
    this.#flashing.clear();
    this.#histories.clear();
    this.#rows.clear();
    this.#sortedIds.length = 0;
    this.#body.replaceChildren();
    for (const id of FIRST_IDS) this.#addRow(id);
  }

  #update({ id, value }: FeedValue): void {
    const history = this.#histories.get(id) ?? new History();
    history.add(value);
    this.#histories.set(id, history);
    // What comes before the feed is live is the snapshot: nothing has changed just now.
    if (this.#client.state === "live" && this.#flashing.size < MAX_FLASHING) this.#flashing.add(id);
    this.#queue.mark(id);
  }

  #paint(id: string): void {
    const value = this.#client.values.get(id);
    if (!value) return;
    const row = this.#rows.get(id) ?? this.#addRow(id);
    row.show(value, this.#histories.get(id)?.numbers ?? []);
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
