import { type BoardError, MAX_BOARD_POINTS, MAX_ITEM_POINTS, MAX_ITEMS } from "@crosspod/protocol";

/** Which limit of a board an operation would pass [W9]. */
export type PassedLimit = "items" | "item-points" | "board-points";

/** Why an operation is not taken that would pass a limit. */
export function limitRefusal(limit: PassedLimit): BoardError {
  switch (limit) {
    case "items":
      return tooMany("items", "the board", MAX_ITEMS);
    case "item-points":
      return tooMany("points", "the item", MAX_ITEM_POINTS);
    case "board-points":
      return tooMany("points", "the board", MAX_BOARD_POINTS);
  }
}

/** Why an operation with the number `clientSeq` is not taken where the number `next` has to come first [W6]. */
export const gapRefusal = (clientSeq: number, next: number): BoardError => ({
  code: "gap",
  detail: `the operation's number is ${clientSeq}; the store expects ${next} next`,
  clientSeq,
  next,
});

const tooMany = (what: "items" | "points", where: string, limit: number): BoardError => ({
  code: `too-many-${what}`,
  detail: `${where} would have more than ${limit} ${what}`,
  limit,
});
