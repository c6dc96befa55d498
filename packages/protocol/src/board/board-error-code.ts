/** Why an operation, or a message, was not taken [W9]. The codes are stable, for programs. */
export const BOARD_ERROR_CODES = [
  "malformed",
  "bad-board-name",
  "bad-name",
  "not-joined",
  "gap",
  "message-too-long",
  "too-many-operations",
  "too-many-messages",
  "too-many-items",
  "too-many-points",
  "too-many-boards",
  "outdated",
  "unavailable",
] as const;

export type BoardErrorCode = (typeof BOARD_ERROR_CODES)[number];
