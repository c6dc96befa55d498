import { BoardItems, encodeItems, type Head, type History, parseCommitted, parseItems } from "@crosspod/protocol";

/** Writes a whole board as it is at `head`, from how it was before and the operations since, as `encodeCommitted` writes each. Undefined when they cannot be read. */
export function laterSnapshot(snapshot: History, head: Head, operations: readonly string[]): History | undefined {
  const before = parseItems(snapshot.items ?? "");
  const committed = parseCommitted(operations.join(";"), snapshot.seq + 1);
  if (!before || !committed) return undefined;
  const items = new BoardItems(before);
  for (const { operation, seq } of committed) items.apply(operation, seq);
  return { ...head, items: encodeItems(items.inOrder()) };
}
