/** Why an operation, or a message, was not taken [W9]. Stable, for programs. */
export type BoardErrorCode =
  /** The message does not have the form that its event asks for. */
  | "malformed"
  | "bad-board-name"
  | "bad-name"
  /** The event needs a board, and the client has joined none. */
  | "not-joined"
  /** `clientSeq` is not the next number of this client; `next` says which is. */
  | "gap"
  | "message-too-long"
  | "too-many-operations"
  | "too-many-messages"
  | "too-many-items"
  | "too-many-points"
  | "too-many-boards"
  /** Client and pod speak different versions of the protocol [W14]. */
  | "outdated"
  /** The store cannot be reached; nothing is known to be appended, try again. */
  | "unavailable";

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
