import type { BoardDocument } from "../document/board-document.ts";
import type { Clock } from "../timing/clock.ts";
import type { BoardTransport } from "../transport/board-transport.ts";

/** What the parts of a board's connection share. */
export interface BoardContext {
  readonly board: string;
  /** Of the person, as it is now. */
  readonly name: () => string;
  readonly transport: BoardTransport;
  readonly document: BoardDocument;
  readonly clock: Clock;
  readonly random: () => number;
}
