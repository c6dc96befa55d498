import { BoardVisitor } from "../clients/board-visitor.ts";
import type { CheckContext } from "./check.ts";

/** Longest time of a cleanup, in milliseconds. */
export const CLEAN_UP_MS = 3_000;

/** Clears the probe's own board, if the service can be reached; the service forgets the board itself later. */
export async function clearBoard({ target, board }: Pick<CheckContext, "target" | "board">): Promise<void> {
  const signal = AbortSignal.timeout(CLEAN_UP_MS);
  try {
    using visitor = await BoardVisitor.open(target, board, signal);
    visitor.client.clear();
    await visitor.untilSaved(signal);
  } catch {
    // What cannot be reached cannot be cleaned up.
  }
}
