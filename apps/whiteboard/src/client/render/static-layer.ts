import { CanvasBuffer, type Picture } from "./canvas-buffer.ts";
import { type Rectangle, union } from "./rectangle.ts";
import type { Shape } from "./shape.ts";
import { BOARD } from "./view-transform.ts";

/** So many shapes are painted before the clock is looked at: a few milliseconds of work where they are long. */
const BATCH = 16;

/** A part of the board that is painted anew in the hidden buffer. */
interface Repaint {
  readonly area: Rectangle;
  readonly shapes: readonly Shape[];
  /** How many of the shapes are painted. */
  painted: number;
  /** What has come to rest since the repaint began. */
  readonly late: Set<Shape>;
}

/**
 * What is at rest, painted once. Where something went away, and for another view, it is painted anew behind the scenes,
 * some milliseconds of each frame: neither a zoom nor an undo holds up the pen, however full the board is.
 */
export class StaticLayer {
  readonly #shapesIn: (area: Rectangle) => readonly Shape[];
  #front: CanvasBuffer;
  #back: CanvasBuffer;
  #picture: Picture;
  #repaint: Repaint | undefined;
  #dirty: Rectangle | undefined;

  /** @param shapesIn those at rest that may touch a part of the board, from the bottom to the top. */
  constructor(parent: HTMLElement, picture: Picture, shapesIn: (area: Rectangle) => readonly Shape[]) {
    this.#shapesIn = shapesIn;
    this.#front = new CanvasBuffer(parent, { willFlush: true });
    this.#back = new CanvasBuffer(parent, { willFlush: true });
    this.#picture = picture;
    this.#front.become(picture);
  }

  show(picture: Picture): void {
    this.#picture = picture;
    this.#front.showIn(picture.view);
  }

  /** A shape has come to rest, and nothing at rest lies on top of it. */
  add(shape: Shape): void {
    this.#front.paint([shape]);
    this.#repaint?.late.add(shape);
  }

  /** A shape that was at rest is not any more, or no more there. */
  lift(shape: Shape): void {
    this.#repaint?.late.delete(shape);
    this.invalidate(shape.bounds);
  }

  invalidate(area: Rectangle): void {
    this.#dirty = union(this.#dirty, area);
  }

  /** Paints until it is done, which it returns, or until `isOver` says that this frame's time is. */
  work(isOver: () => boolean): boolean {
    while (this.#repaint || this.#isOutdated) {
      this.#repaint ??= this.#begin();
      if (!this.#continue(this.#repaint, isOver)) return false;
      if (isOver()) return !this.#isOutdated;
    }
    return true;
  }

  get #isOutdated(): boolean {
    return this.#dirty !== undefined || !this.#front.isOf(this.#picture);
  }

  #begin(): Repaint {
    const inPart = this.#front.isOf(this.#picture) ? this.#dirty : undefined;
    if (inPart) this.#back.copy(this.#front);
    else this.#back.become(this.#picture);
    this.#dirty = undefined;
    const area = inPart ?? BOARD;
    this.#back.clear(area);
    return { area, shapes: this.#shapesIn(this.#back.touched(area)), painted: 0, late: new Set() };
  }

  #continue(repaint: Repaint, isOver: () => boolean): boolean {
    while (repaint.painted < repaint.shapes.length) {
      this.#back.paint(repaint.shapes.slice(repaint.painted, repaint.painted + BATCH), repaint.area);
      this.#back.flush();
      repaint.painted += BATCH;
      if (isOver()) return false;
    }
    this.#back.paint([...repaint.late]);
    this.#repaint = undefined;
    [this.#front, this.#back] = [this.#back, this.#front];
    this.#front.showIn(this.#picture.view);
    this.#back.hide();
    return true;
  }
}
