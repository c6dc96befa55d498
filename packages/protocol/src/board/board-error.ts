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

/** What went wrong, for a program (`code`) and for a person (`detail`, which names the field and the limit). */
export interface BoardError {
  readonly code: BoardErrorCode;
  readonly detail: string;
  readonly limit?: number;
  /** The number of the operation that was not taken: those before it were, those after it were not [W6]. */
  readonly clientSeq?: number;
  /** With `gap`: the number that the store expects next. */
  readonly next?: number;
}

/**
 * Whether the client sends the same again after a pause. On `gap` it sends again from `next`, or joins; on `not-joined`
 * it joins. On any other code, `too-many-boards` too, it drops the operation [W6].
 */
export const isRetryable = ({ code }: BoardError): boolean => code === "unavailable" || code === "too-many-messages";
