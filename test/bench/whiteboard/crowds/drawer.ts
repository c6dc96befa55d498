/** Someone who draws, and sees what all draw. */
export interface Drawer {
  /** Samples that were drawn so far. */
  readonly samples: number;
  /** Draws one more sample. */
  draw(): void;
  /** Sends what can be sent now. @param now milliseconds of `performance.now()`. */
  send(now: number): void;
  /** Whether everything that this drawer has drawn was sent, and acknowledged where the server does that. */
  readonly isSaved: boolean;
  /** Everything came in order, as often as it should, without an error. */
  readonly isRight: boolean;
  /** How far this drawer has seen the board. */
  readonly seen: number;
  close(): void;
}

/** Drawers who share a board, and what they know together. */
export interface Crowd {
  /** Connects one more. */
  join(): Promise<Drawer>;
  /** Calls `delivered` for what some of them get, with when it was sent and when it came, by `performance.now()`. */
  watch(delivered: (sentAt: number, cameAt: number) => void): void;
  /** How far each must have seen the board when `samples` were drawn by all. */
  mustHaveSeen(drawer: Drawer, drawers: readonly Drawer[]): number;
}
