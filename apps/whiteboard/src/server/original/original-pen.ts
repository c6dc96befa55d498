import { randomBytes } from "node:crypto";
import {
  BOARD_HEIGHT,
  BOARD_WIDTH,
  type Drawing,
  drawingColor,
  encodeOperation,
  encodePoints,
  type ItemId,
  itemId,
  type Operation,
  onGrid,
  type Point,
} from "@crosspod/protocol";
import type { Submission } from "../store/board-store.ts";

/** What the original example draws with, 2 px in a window of 1,000 px, in steps of the board's grid. */
const WIDTH = 32;

/** Points of one stroke, after which its next segment begins another one. */
const MAX_STROKE_POINTS = 1_000;

interface Stroke {
  readonly id: ItemId;
  readonly color: string;
  end: Point;
  points: number;
}

/** Makes strokes of one original client's segments [W12]: one that begins where the last ended grows it. */
export class OriginalPen {
  #client = newClient();
  #clientSeq = 0;
  #strokes = 0;
  #stroke: Stroke | undefined;

  /** The client under whose id its operations are. */
  get client(): string {
    return this.#client;
  }

  /** The next submission, for one segment. */
  draw(drawing: Drawing): Submission {
    const operation = this.#operation(drawing);
    this.#clientSeq += 1;
    const text = encodeOperation(operation, this.#client);
    return { client: this.#client, firstClientSeq: this.#clientSeq, operations: [{ text, operation }] };
  }

  /** A submission was not taken: those that follow it in flight will not be, either. Starts again as another client. */
  refused({ client }: Submission): void {
    if (client !== this.#client) return;
    this.#client = newClient();
    this.#clientSeq = 0;
    this.#stroke = undefined;
  }

  /** Items were taken away: a stroke that is gone cannot go on. */
  removed(ids: readonly ItemId[] | "all"): void {
    if (this.#stroke && (ids === "all" || ids.includes(this.#stroke.id))) this.#stroke = undefined;
  }

  #operation({ x0, y0, x1, y1, color }: Drawing): Operation {
    const from = gridPoint(x0, y0);
    const to = gridPoint(x1, y1);
    const digits = drawingColor(color) ?? "000000";
    const stroke = this.#stroke;
    if (stroke && goesOn(stroke, from, digits)) {
      const points = encodePoints([to], { pressure: false }, stroke.end);
      stroke.end = to;
      stroke.points += 1;
      return { type: "append", id: stroke.id, pressure: false, points };
    }
    this.#strokes += 1;
    const id = itemId(this.#client, this.#strokes);
    this.#stroke = { id, color: digits, end: to, points: 2 };
    const points = encodePoints([from, to], { pressure: false });
    return { type: "put", id, color: digits, width: WIDTH, pressure: false, points };
  }
}

const goesOn = ({ color, end, points }: Stroke, from: Point, digits: string): boolean =>
  color === digits && end.x === from.x && end.y === from.y && points < MAX_STROKE_POINTS;

const gridPoint = (x: number, y: number): Point => onGrid({ x: x * BOARD_WIDTH, y: y * BOARD_HEIGHT });

const newClient = (): string => randomBytes(6).toString("base64url");
