import type { ClientId, Item, ItemId, Operation } from "@crosspod/protocol";

/** Hears what an operation of this page really took away, when it got its place in the board's order. */
export type RemovalListener = (removed: readonly Item[]) => void;

/** An operation that is not acknowledged. The outbox numbers it, and again when it must go under another client id. */
export interface PendingOperation {
  client: ClientId;
  /** 0 while it may still grow: once it has a number, its text stays as it is. */
  clientSeq: number;
  operation: Operation;
  /** Its place among all that are pending. */
  readonly order: number;
  /** Whether the storage has it. */
  isStored: boolean;
  /** Called once. */
  onRemoved?: RemovalListener | undefined;
}

/** Which items an operation is about, each once; undefined for all of them. */
export function touchedItems(operation: Operation): readonly ItemId[] | undefined {
  switch (operation.type) {
    case "put":
    case "append":
      return [operation.id];
    case "remove":
      return [...new Set(operation.ids)];
    case "clear":
      return undefined;
  }
}
