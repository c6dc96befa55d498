import { type BoardError, MAX_BOARD_POINTS, MAX_ITEM_POINTS, MAX_ITEMS } from "@crosspod/protocol";

/** The limits of a board [W9], by what a script says of the one that an operation would pass. */
const LIMITS = {
  items: { where: "the board", what: "items", limit: MAX_ITEMS },
  "item-points": { where: "the item", what: "points", limit: MAX_ITEM_POINTS },
  "board-points": { where: "the board", what: "points", limit: MAX_BOARD_POINTS },
} as const;

export type PassedLimit = keyof typeof LIMITS;

/** Why an operation is not taken that would pass a limit. */
export function limitRefusal(passed: PassedLimit): BoardError {
  const { where, what, limit } = LIMITS[passed];
  return { code: `too-many-${what}`, detail: `${where} would have more than ${limit} ${what}`, limit };
}

/** Why an operation with the number `clientSeq` is not taken where the number `next` has to come first [W6]. */
export const gapRefusal = (clientSeq: number, next: number): BoardError => ({
  code: "gap",
  detail: `the operation's number is ${clientSeq}; the store expects ${next} next`,
  clientSeq,
  next,
});
