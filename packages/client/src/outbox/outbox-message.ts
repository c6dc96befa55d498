import { type ClientId, encodeOperation, MAX_MESSAGE_LENGTH, MAX_MESSAGE_OPERATIONS } from "@crosspod/protocol";
import type { PendingOperation } from "./pending-operation.ts";

/** Operations of one client for one message, with consecutive numbers. */
export interface OutboxMessage {
  readonly client: ClientId;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** `encodeOperations`. */
  readonly text: string;
}

/**
 * Makes a message of the first of one client's operations, of as many as it may have; undefined when there are none.
 */
export function messageOf(operations: readonly PendingOperation[]): OutboxMessage | undefined {
  const [first, ...rest] = operations.slice(0, MAX_MESSAGE_OPERATIONS);
  if (!first) return undefined;
  const { client, clientSeq: firstSeq } = first;
  let text = encodeOperation(first.operation, client);
  let lastSeq = firstSeq;
  for (const { operation, clientSeq } of rest) {
    const longer = `${text};${encodeOperation(operation, client)}`;
    // A page that crashed may have left a hole.
    if (longer.length > MAX_MESSAGE_LENGTH || clientSeq !== lastSeq + 1) break;
    text = longer;
    lastSeq = clientSeq;
  }
  return { client, firstSeq, lastSeq, text };
}
