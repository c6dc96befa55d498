import {
  BOARD_HEIGHT,
  BOARD_WIDTH,
  BoardItems,
  type Change,
  countEntries,
  DRAWING_COLORS,
  type Drawing,
  decodePoints,
  endOfPoints,
  type History,
  type Item,
  type ItemId,
  type Operation,
  onGrid,
  type Point,
  parseEntries,
  parseItems,
} from "@crosspod/protocol";

/** Follows a board to say it in segments of the original example [W12]. */
export class OriginalReplica {
  readonly #items: BoardItems;
  /** Where items end to which points were added: to find that anew takes all of their points. */
  readonly #ends = new Map<ItemId, Point>();

  /** @param history of a whole board. */
  constructor({ items = "", operations, seq }: History) {
    this.#items = new BoardItems(parseItems(items));
    const firstSeq = seq - countEntries(operations) + 1;
    for (const appended of parseEntries(operations, firstSeq) ?? []) {
      this.#items.apply(appended.operation, appended.seq);
    }
  }

  /** The segments that the next operation draws. */
  apply(operation: Operation, seq: number): Drawing[] {
    const { put, grown, removed = [] } = this.#items.apply(operation, seq);
    for (const { id } of removed) this.#ends.delete(id);
    if (grown) return this.#grow(grown);
    return put ? drawRun(put) : [];
  }

  /** The segments of the whole board, from its bottom to its top. */
  *drawings(): Generator<Drawing> {
    for (const item of this.#items.inOrder()) yield* drawRun(item);
  }

  #grow({ item, points }: NonNullable<Change["grown"]>): Drawing[] {
    const before = this.#ends.get(item.id) ?? endOfPoints(item.points.slice(0, -points.length), item);
    const end = endOfPoints(points, item, before);
    if (end) this.#ends.set(item.id, end);
    return drawRun({ ...item, points }, before);
  }
}

/** Segments through the points of a run, from `before` where it goes on; a point alone is a segment of no length. */
function drawRun({ color, pressure, points }: Item, before?: Point): Drawing[] {
  const decoded = decodePoints(points, { pressure }, before) ?? [];
  const name = COLOR_NAMES.get(color) ?? `#${color}`;
  let from = before ? onGrid(before) : decoded[0];
  const first = before || decoded.length === 1 ? 0 : 1;
  return decoded.slice(first).map((to) => {
    const drawing = { ...shares(from ?? to, to), color: name };
    from = to;
    return drawing;
  });
}

const COLOR_NAMES = new Map(Object.entries(DRAWING_COLORS).map(([name, digits]) => [digits, name]));

const shares = (from: Point, to: Point): Omit<Drawing, "color"> => ({
  x0: from.x / BOARD_WIDTH,
  y0: from.y / BOARD_HEIGHT,
  x1: to.x / BOARD_WIDTH,
  y1: to.y / BOARD_HEIGHT,
});
