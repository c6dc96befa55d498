import { Emitter } from "@crosspod/client/internal";
import { centerOf, type Rectangle } from "./rectangle.ts";
import { distance, middle, type Vector } from "./vector.ts";
import { BOARD, FULL_SIZE, ViewTransform } from "./view-transform.ts";

/** One press of a zoom button or key. */
const ZOOM_STEP = 1.25;
/** So much of the board stays on the stage, in CSS pixels, however far it is moved. */
const KEPT_IN_SIGHT = 80;

/** The size of the stage, and the part of it that nothing lies over, in CSS pixels. */
export interface StageSize {
  readonly width: number;
  readonly height: number;
  readonly free: Rectangle;
}

/** What of the board the window shows: all of it, until somebody moves or zooms; its middle then stays the middle. */
export class Viewport {
  readonly #changed = new Emitter<[]>();
  readonly onChange = this.#changed.add;
  #stage: StageSize = { width: 1, height: 1, free: { left: 0, top: 0, right: 1, bottom: 1 } };
  #view = ViewTransform.containing(this.#stage.free);
  #fits = true;

  get view(): ViewTransform {
    return this.#view;
  }

  get stage(): StageSize {
    return this.#stage;
  }

  /** Of the full size of 100. */
  get percent(): number {
    return Math.round((this.#view.scale / FULL_SIZE) * 100);
  }

  resize(stage: StageSize): void {
    const before = this.#middle;
    this.#stage = stage;
    if (this.#fits) return this.fit();
    const after = this.#middle;
    this.#show(this.#view.movedBy({ x: after.x - before.x, y: after.y - before.y }));
  }

  fit(): void {
    this.#fits = true;
    this.#set(ViewTransform.containing(this.#stage.free));
  }

  showFullSize(): void {
    this.#show(this.#view.scaledTo(FULL_SIZE, this.#middle));
  }

  zoomIn(): void {
    this.zoomBy(ZOOM_STEP, this.#middle);
  }

  zoomOut(): void {
    this.zoomBy(1 / ZOOM_STEP, this.#middle);
  }

  /** What is under the pixel `anchor` stays there. */
  zoomBy(factor: number, anchor: Vector): void {
    this.#show(this.#view.scaledTo(this.#view.scale * factor, anchor));
  }

  moveBy(way: Vector): void {
    this.#show(this.#view.movedBy(way));
  }

  /** Two fingers went from `a` and `b` to `toA` and `toB`: what was under them stays under them. */
  pinch([a, b]: readonly [Vector, Vector], [toA, toB]: readonly [Vector, Vector]): void {
    const from = middle(a, b);
    const to = middle(toA, toB);
    const factor = distance(toA, toB) / Math.max(1, distance(a, b));
    const moved = this.#view.movedBy({ x: to.x - from.x, y: to.y - from.y });
    this.#show(moved.scaledTo(moved.scale * factor, to));
  }

  get #middle(): Vector {
    return centerOf(this.#stage.free);
  }

  #show(view: ViewTransform): void {
    this.#fits = false;
    this.#set(this.#keptInSight(view));
  }

  #set(view: ViewTransform): void {
    this.#view = view;
    this.#changed.emit();
  }

  #keptInSight(view: ViewTransform): ViewTransform {
    const { left, top, right, bottom } = view.areaOf(BOARD);
    const { width, height } = this.#stage;
    const x = Math.max(0, KEPT_IN_SIGHT - right) - Math.max(0, left - (width - KEPT_IN_SIGHT));
    const y = Math.max(0, KEPT_IN_SIGHT - bottom) - Math.max(0, top - (height - KEPT_IN_SIGHT));
    return view.movedBy({ x, y });
  }
}
