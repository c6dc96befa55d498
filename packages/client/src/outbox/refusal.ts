import { type BoardError, MAX_BOARD_POINTS } from "@crosspod/protocol";
import type { PendingOperation } from "./pending-operation.ts";

/** Whether it is the board that has no room, for any item. */
const isBoardFull = ({ code, limit }: BoardError): boolean =>
  code === "too-many-items" || (code === "too-many-points" && limit === MAX_BOARD_POINTS);

/**
 * The first of the operations, and what would be wrong without it: the points that follow in its item, which are
 * differences [W4]. A board without room takes no other item either, until something is taken away.
 */
export function refusedWith([first, ...rest]: readonly PendingOperation[], error: BoardError): PendingOperation[] {
  if (!first) return [];
  const dropped = [first];
  const broken = new Set("id" in first.operation ? [first.operation.id] : []);
  let isFull = isBoardFull(error);
  for (const pending of rest) {
    const { operation } = pending;
    if (operation.type === "remove" || operation.type === "clear") isFull = false;
    if (operation.type === "put" && isFull) broken.add(operation.id);
    else if (operation.type === "put") broken.delete(operation.id);
    if ("id" in operation && broken.has(operation.id)) dropped.push(pending);
  }
  return dropped;
}
