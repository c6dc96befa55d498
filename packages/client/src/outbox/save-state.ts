import type { BoardError } from "@crosspod/protocol";
import type { Outbox } from "./outbox.ts";

/** What became of this person's own operations. */
export type SaveState =
  /** Everything is acknowledged. */
  | { readonly state: "saved" }
  /** Under way. */
  | { readonly state: "saving"; readonly operations: number }
  | NotSaved;

/** Not under way, or refused. */
export interface NotSaved {
  readonly state: "not-saved";
  /** How many wait until they can be sent; what was refused does not. */
  readonly operations: number;
  /** Whether those that wait outlive this page. */
  readonly isKept: boolean;
  /** For a person. */
  readonly reason: string;
}

/** What becomes of an outbox [W6]. `refusal` is of what has left it; `blockedBy` says why the rest is not under way. */
export function saveStateOf(
  { size: operations, isKept }: Pick<Outbox, "size" | "isKept">,
  refusal: BoardError | undefined,
  blockedBy: string | undefined,
): SaveState {
  if (operations === 0 && !refusal) return { state: "saved" };
  const reason = refusal?.detail ?? blockedBy;
  return reason === undefined ? { state: "saving", operations } : { state: "not-saved", operations, isKept, reason };
}
