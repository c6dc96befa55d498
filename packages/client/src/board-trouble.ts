import type { BoardError } from "@crosspod/protocol";

/** Why a board is not all here: what the service said, or that there is no connection that lasts. */
export type BoardTrouble = BoardError | ScatteredTrouble;

/** The requests of one session go to several pods, and only one of them knows it [W1]. */
export interface ScatteredTrouble {
  readonly code: "scattered";
  readonly detail: string;
}
