import { fail, type Outcome } from "../check.ts";

/** What the original example's server cannot do, and what that costs. */
export const lacksBoards = (cost: string): Outcome =>
  fail(
    "the server answers no join: it keeps no board, and acknowledges nothing",
    `it is one like the original example's: ${cost}`,
    "run crosspod's whiteboard, which keeps boards and acknowledges what is drawn",
  );
