import type { Item, ItemId } from "@crosspod/protocol";
import type { Unsubscribe } from "../events/emitter.ts";

/** What became different in a view. Items are values: one that grew is another object. */
export type ViewChange =
  /** A new item; `onTop` says that nothing lies above it. */
  | { readonly type: "put"; readonly item: Item; readonly onTop: boolean }
  /** An item got more points at its end: `points` is the text of those that are new. */
  | { readonly type: "grown"; readonly item: Item; readonly points: string }
  | { readonly type: "removed"; readonly items: readonly Item[] }
  /** Everything may be different. */
  | { readonly type: "reset" };

/** The board as one person sees it. */
export interface BoardView {
  /** From the bottom to the top. */
  items(): Iterable<Item>;
  get(id: ItemId): Item | undefined;
  readonly size: number;
  /** Hears of each change at once, one's own and those of others alike. */
  onChange(listener: (change: ViewChange) => void): Unsubscribe;
}
