/** Limits of one board; each has a code in {@link BoardErrorCode} of the same name [W9]. */
export const MAX_ITEMS = 10_000;
/** Points of one item. Ten minutes of a pen at 60 samples a second are 36,000; a page starts a new item long before. */
export const MAX_ITEM_POINTS = 10_000;
/**
 * Points of all items of a board together: four hours of a pen at 60 samples a second. They bound what a board takes in
 * memory, and the length of a snapshot.
 */
export const MAX_BOARD_POINTS = 1_000_000;
/** Widest stroke, in steps of the board's grid. */
export const MAX_WIDTH = 1_000;
/** Items that one `remove` may name. */
export const MAX_REMOVED_ITEMS = 500;
/** Length of the text of one message of operations, from a client. */
export const MAX_MESSAGE_LENGTH = 64 * 1024;
/** Operations in one message. */
export const MAX_MESSAGE_OPERATIONS = 500;

/** Who made an operation: 8 characters of base64url, new for each page, and when its numbers cannot go on [W6]. */
export type ClientId = string;

/** Names an item: the client that first put it, a dot, and a number of its own in base 36. */
export type ItemId = string;

/** How a stroke looks. */
export interface StrokeStyle {
  /** Six lower case hexadecimal digits: `ff0000`. */
  readonly color: string;
  /** In steps of the board's grid. */
  readonly width: number;
  /** Whether its points have a pressure; if not, a page makes one from the pen's speed. */
  readonly pressure: boolean;
}

/** One stroke as it is stored: its points are text, see `encodePoints`. */
export interface Item extends StrokeStyle {
  readonly id: ItemId;
  /** Its place from the bottom (low) to the top: the sequence number at which it was first put. */
  readonly z: number;
  readonly points: string;
}

/** Adds an item on top; with `z`, where it was before, at most on top. A known id changes nothing [W5]. */
export interface Put extends StrokeStyle {
  readonly type: "put";
  readonly id: ItemId;
  readonly z?: number;
  readonly points: string;
}

/** Adds points to an item's end; changes nothing if it is not on the board, or of the other kind of points [W5]. */
export interface Append {
  readonly type: "append";
  readonly id: ItemId;
  readonly pressure: boolean;
  readonly points: string;
}

/** Takes items away. Those that are not on the board change nothing [W5]. */
export interface Remove {
  readonly type: "remove";
  readonly ids: readonly ItemId[];
}

/** Takes every item away [W5]. */
export interface Clear {
  readonly type: "clear";
}

export type Operation = Put | Append | Remove | Clear;

/** An operation with the client that made it and its number there, which counts from 1 without gaps [W6]. */
export interface NumberedOperation {
  readonly client: ClientId;
  readonly clientSeq: number;
  readonly operation: Operation;
}

/** An operation in the one order of its board; numbers count from 1 without gaps within an epoch [W7]. */
export interface AppendedOperation extends NumberedOperation {
  readonly seq: number;
}
