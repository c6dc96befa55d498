import type { BoardDocument } from "../document/board-document.ts";
import type { Clock } from "../timing/clock.ts";
import type { BoardTransport } from "../transport/board-transport.ts";

/** What all that keeps a board in agreement with a service has in common. */
export interface BoardContext {
  readonly board: string;
  /** Of the person, as it is now. */
  readonly name: () => string;
  readonly transport: BoardTransport;
  readonly document: BoardDocument;
  readonly clock: Clock;
  readonly random: () => number;
}
