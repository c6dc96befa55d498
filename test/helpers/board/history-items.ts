import { BoardItems, encodeItems, type History, parseCommitted, parseItems } from "@crosspod/protocol";

/** The items of a whole board, as text: those that are there, and what its operations make of them. */
export function itemsOf({ items, operations, seq }: Partial<History>): string {
  const board = new BoardItems(parseItems(items ?? ""));
  const committed = parseCommitted(operations ?? "", 1) ?? [];
  const firstSeq = (seq ?? 0) - committed.length;
  for (const each of committed) board.apply(each.operation, firstSeq + each.seq);
  return encodeItems(board.inOrder());
}
