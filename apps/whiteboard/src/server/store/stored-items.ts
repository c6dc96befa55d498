import { BoardItems, encodeItems, type Item } from "@crosspod/protocol";
import { pairs } from "@crosspod/redis";

/** Writes the items of a board as clients read them, from the fields and values of the two hashes in Redis. */
export function encodeStoredItems(records: readonly string[], pieces: readonly string[]): string {
  const texts = new Map(pairs(pieces));
  const items = pairs(records).map(([id, record]) => parseItem(id, record, texts));
  return encodeItems(new BoardItems(items).inOrder());
}

function parseItem(id: string, record: string, texts: ReadonlyMap<string, string>): Item {
  const [z, , last, mark, color = "", width = ""] = record.split(" ");
  let points = "";
  for (let piece = 0; piece <= Number(last); piece += 1) points += texts.get(`${id}/${piece}`) ?? "";
  return { id, color, width: Number.parseInt(width, 36), pressure: mark === "!", points, z: Number(z) };
}
