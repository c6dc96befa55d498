import type { ClientId, ItemId, Operation } from "@crosspod/protocol";

/** An operation that is not known to be part of the board's order yet. The outbox numbers it, and numbers it again when it must go under another client id. */
export interface PendingOperation {
  client: ClientId;
  /** 0 until it is sealed: from then on its text stays as it is. */
  n: number;
  operation: Operation;
  /** Its place among all that are pending. */
  readonly order: number;
  /** Whether it was ever sent: then it may be on the board without anybody here knowing. */
  wasSent: boolean;
  /** Whether the storage has it. */
  isStored: boolean;
  /** When it was acknowledged, counted in acknowledgements and questions; undefined before. */
  acknowledgedAt: number | undefined;
  /** Whether a snapshot may have it already: what would show twice then is not shown until that is known. */
  isDoubtful: boolean;
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
