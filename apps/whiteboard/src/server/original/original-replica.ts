import {
  BOARD_HEIGHT,
  BOARD_WIDTH,
  countEntries,
  DRAWING_COLORS,
  type Drawing,
  decodePoints,
  endOfPoints,
  type History,
  type ItemId,
  type Operation,
  ORIGIN,
  type Point,
  type PointFormat,
  parseCommitted,
  parseItems,
} from "@crosspod/protocol";

/** Where an item ends, as far as points were added to it. */
interface Tail extends PointFormat {
  readonly color: string;
  readonly end: Point;
}

/** A run of points that is drawn in one colour. */
interface Run extends PointFormat {
  readonly color: string;
  readonly points: string;
}

/** Follows a board as far as it takes to say it in segments of the original example [W12]: the end of each item, so that what is added to it can be drawn. */
export class OriginalReplica {
  readonly #tails = new Map<ItemId, Tail>();

  /** @param history of a whole board. */
  constructor(history?: History) {
    if (history) for (const operation of operationsOf(history)) this.apply(operation);
  }

  /** The segments that the next operation draws. */
  apply(operation: Operation): Drawing[] {
    switch (operation.type) {
      case "put":
        if (this.#tails.has(operation.id)) return [];
        this.#setTail(operation.id, operation, ORIGIN);
        return drawRun(operation);
      case "append":
        return this.#append(operation);
      case "remove":
        for (const id of operation.ids) this.#tails.delete(id);
        return [];
      case "clear":
        this.#tails.clear();
        return [];
    }
  }

  #append({ id, pressure, points }: Extract<Operation, { type: "append" }>): Drawing[] {
    const tail = this.#tails.get(id);
    if (tail?.pressure !== pressure) return [];
    const run = { color: tail.color, pressure, points };
    this.#setTail(id, run, tail.end);
    return drawRun(run, tail.end);
  }

  #setTail(id: ItemId, { color, pressure, points }: Run, before: Point): void {
    this.#tails.set(id, { color, pressure, end: endOfPoints(points, { pressure }, before) ?? before });
  }
}

/** The segments of a whole board, from its bottom to its top. */
export function* drawBoard(history: History): Generator<Drawing> {
  const replica = new OriginalReplica();
  for (const operation of operationsOf(history)) yield* replica.apply(operation);
}

/** The operations that make a board. */
function* operationsOf({ items = "", operations, seq }: History): Generator<Operation> {
  // One after the other: to read the whole of a full board at once would hold up everybody.
  for (const text of items.split(";")) for (const item of parseItems(text) ?? []) yield { type: "put", ...item };
  for (const { operation } of parseCommitted(operations, seq - countEntries(operations) + 1) ?? []) yield operation;
}

/** Segments through the points of a run, from `before` where it goes on; a point alone is a segment of no length. */
function drawRun({ color, pressure, points }: Run, before?: Point): Drawing[] {
  const decoded = decodePoints(points, { pressure }, before) ?? [];
  const name = COLOR_NAMES.get(color) ?? `#${color}`;
  let from = before ? onBoard(before) : decoded[0];
  const first = before || decoded.length === 1 ? 0 : 1;
  return decoded.slice(first).map((to) => {
    const drawing = { ...shares(from ?? to, to), color: name };
    from = to;
    return drawing;
  });
}

const COLOR_NAMES = new Map(Object.entries(DRAWING_COLORS).map(([name, digits]) => [digits, name]));

const onBoard = ({ x, y }: Point): Point => ({
  x: Math.min(BOARD_WIDTH, Math.max(0, x)),
  y: Math.min(BOARD_HEIGHT, Math.max(0, y)),
});

const shares = (from: Point, to: Point): Omit<Drawing, "color"> => ({
  x0: from.x / BOARD_WIDTH,
  y0: from.y / BOARD_HEIGHT,
  x1: to.x / BOARD_WIDTH,
  y1: to.y / BOARD_HEIGHT,
});
