import type { Explanation } from "../explanation.ts";

// A file of its own, so that pages do not carry these words.
const RETRY = "Send the same again after a pause.";
const DROP = "Drop the operation, and send the rest under a new client id, counted from 1.";

/** Why an operation, or a message, was not taken [W9]. The codes are stable, for programs. */
export const BOARD_ERRORS = {
  malformed: {
    meaning: "The message does not have the form that its event asks for, or there is no such event.",
    remedy: DROP,
  },
  "bad-board-name": {
    meaning: "`board` is not 1 to 64 letters, digits, `-` and `_`, the first a letter or digit.",
    remedy: "Join a board with another name.",
  },
  "bad-name": {
    meaning: "The person's name is empty, longer than 32 characters, or has a control character in it.",
    remedy: "Ask the person for another name.",
  },
  "not-joined": {
    meaning: "The event needs a board, and the connection has joined none.",
    remedy: "Join a board first.",
  },
  gap: {
    meaning:
      "The first operation's number is not the next one of its client. `next` says which number the store expects.",
    remedy: "Send again from `next` on. Join again where there is no such operation.",
  },
  "message-too-long": { meaning: "The text of a message is longer than `limit` characters.", remedy: DROP },
  "too-many-operations": { meaning: "A message has more than `limit` operations.", remedy: DROP },
  "too-many-messages": {
    meaning: "The connection sends more than `limit` messages a second, `MAX_MESSAGES_PER_SECOND`.",
    remedy: RETRY,
  },
  "too-many-items": {
    meaning: "The board would have more than `limit` items, or a `remove` names more than `limit`.",
    remedy: `${DROP} A full board takes new items once somebody has taken some away.`,
  },
  "too-many-points": {
    meaning: "The item, or the board, would have more than `limit` points.",
    remedy: `${DROP} Begin a new item where the item is full; a full board takes points once items were taken away.`,
  },
  "too-many-boards": {
    meaning: "The store keeps `limit` boards already, `MAX_BOARDS`.",
    remedy: "Use a board that exists. Boards that nobody uses are forgotten after `BOARD_TTL_SECONDS`.",
  },
  outdated: {
    meaning: "Client and pod speak different versions of the protocol.",
    remedy: "Load the page anew, or wait while the service is being updated. Keep what was drawn until then.",
  },
  unavailable: {
    meaning: "The store cannot be reached, and nothing is known to be stored.",
    remedy: `${RETRY} What was stored all the same is dropped as a repeat. Operators look at Redis and at \`/readyz\`.`,
  },
} as const satisfies Record<string, Explanation>;

export type BoardErrorCode = keyof typeof BOARD_ERRORS;
