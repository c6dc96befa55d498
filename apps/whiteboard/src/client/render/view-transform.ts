import { BOARD_HEIGHT, BOARD_WIDTH } from "@crosspod/protocol";
import { centerOf, type Rectangle } from "./rectangle.ts";
import type { Vector } from "./vector.ts";

/** CSS pixels per grid step at 100%: the board is then 1,600 × 900 pixels. */
export const FULL_SIZE = 0.1;
const SMALLEST = FULL_SIZE / 8;
const LARGEST = FULL_SIZE * 16;

/** The whole board, in grid steps. */
export const BOARD: Rectangle = { left: 0, top: 0, right: BOARD_WIDTH, bottom: BOARD_HEIGHT };

/** How the board lies on the stage: CSS pixels per grid step, and the pixel of its top left corner. Immutable. */
export class ViewTransform {
  constructor(
    readonly scale: number,
    readonly x: number,
    readonly y: number,
  ) {}

  /** The largest view that shows the whole board inside of `area`, in its middle. */
  static containing(area: Rectangle): ViewTransform {
    const width = Math.max(1, area.right - area.left);
    const height = Math.max(1, area.bottom - area.top);
    const scale = Math.min(width / BOARD_WIDTH, height / BOARD_HEIGHT);
    const { x, y } = centerOf(area);
    return new ViewTransform(scale, x - (scale * BOARD_WIDTH) / 2, y - (scale * BOARD_HEIGHT) / 2);
  }

  toBoard({ x, y }: Vector): Vector {
    return { x: (x - this.x) / this.scale, y: (y - this.y) / this.scale };
  }

  toStage({ x, y }: Vector): Vector {
    return { x: x * this.scale + this.x, y: y * this.scale + this.y };
  }

  /** The part of the stage that a part of the board takes. */
  areaOf({ left, top, right, bottom }: Rectangle): Rectangle {
    const from = this.toStage({ x: left, y: top });
    const to = this.toStage({ x: right, y: bottom });
    return { left: from.x, top: from.y, right: to.x, bottom: to.y };
  }

  /** The part of the board that a part of the stage shows, whether there is board or not. */
  boardOf({ left, top, right, bottom }: Rectangle): Rectangle {
    const from = this.toBoard({ x: left, y: top });
    const to = this.toBoard({ x: right, y: bottom });
    return { left: from.x, top: from.y, right: to.x, bottom: to.y };
  }

  movedBy({ x, y }: Vector): ViewTransform {
    return new ViewTransform(this.scale, this.x + x, this.y + y);
  }

  /** With another scale, within its bounds; what is under the pixel `anchor` stays there. */
  scaledTo(scale: number, anchor: Vector): ViewTransform {
    const bounded = Math.min(LARGEST, Math.max(Math.min(SMALLEST, this.scale), scale));
    const place = this.toBoard(anchor);
    return new ViewTransform(bounded, anchor.x - place.x * bounded, anchor.y - place.y * bounded);
  }

  equals({ scale, x, y }: ViewTransform): boolean {
    return this.scale === scale && this.x === x && this.y === y;
  }
}
