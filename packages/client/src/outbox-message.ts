import { type ClientId, encodeOperation, MAX_MESSAGE_LENGTH, MAX_MESSAGE_OPERATIONS } from "@crosspod/protocol";
import type { PendingOperation } from "./pending-operation.ts";

/** Operations of one client for one message, with consecutive numbers from `firstN`. */
export interface OutboxMessage {
  readonly client: ClientId;
  readonly firstN: number;
  readonly count: number;
  /** `encodeOperations`. */
  readonly text: string;
}

/** The texts of the first operations that fit into one message: at least one. */
export function fitIntoMessage(operations: readonly PendingOperation[]): string[] {
  const texts: string[] = [];
  let length = 0;
  for (const { operation, client } of operations.slice(0, MAX_MESSAGE_OPERATIONS)) {
    const text = encodeOperation(operation, client);
    length += text.length + 1;
    if (texts.length > 0 && length > MAX_MESSAGE_LENGTH) break;
    texts.push(text);
  }
  return texts;
}
