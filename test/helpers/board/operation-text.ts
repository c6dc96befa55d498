import {
  type ClientId,
  encodeEntry,
  encodeOperation,
  type NumberedOperation,
  type Operation,
  parseOperation,
  TOKEN_MARK,
} from "@crosspod/protocol";

/** Reads what `encodeOperations` wrote; undefined when any part of it is not that. */
export function parseOperations(text: string, author: ClientId): Operation[] | undefined {
  const operations = text.split(";").map((part) => parseOperation(part, author));
  return operations.every((operation) => operation !== undefined) ? operations : undefined;
}

/** Writes operations of consecutive sequence numbers, as one append with this token [W8]. */
export const encodeAppend = (operations: readonly NumberedOperation[], token: string): string =>
  operations
    .map(({ client, clientSeq, operation }) => encodeEntry(client, clientSeq, encodeOperation(operation, client)))
    .join(";") +
  TOKEN_MARK +
  token;
