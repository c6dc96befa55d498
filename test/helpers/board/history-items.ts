import { BoardItems, encodeItems, type History, parseEntries, parseItems } from "@crosspod/protocol";

/** The items of a whole board, as text: those that are there, and what its operations make of them. */
export function itemsOf({ items, operations, seq }: Partial<History>): string {
  const board = new BoardItems(parseItems(items ?? ""));
  const entries = parseEntries(operations ?? "", 1) ?? [];
  const firstSeq = (seq ?? 0) - entries.length;
  for (const each of entries) board.apply(each.operation, firstSeq + each.seq);
  return encodeItems(board.inOrder());
}
