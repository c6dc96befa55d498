import type { BoardView, ViewChange } from "@crosspod/client";
import { inNextFrame } from "@crosspod/page";
import type { Item, ItemId } from "@crosspod/protocol";
import { ActiveLayer } from "./active-layer.ts";
import type { Picture } from "./canvas-buffer.ts";
import type { Shape } from "./shape.ts";
import { ShapeList } from "./shape-list.ts";
import { StaticLayer } from "./static-layer.ts";
import { BOARD } from "./view-transform.ts";
import type { Viewport } from "./viewport.ts";

/** How much of a frame of 16 ms the static layer may take while a pen draws: the rest is for pen, layout, messages. */
const BUSY_BUDGET_MS = 6;
/** The same while no pen draws. */
const QUIET_BUDGET_MS = 11;

/** The board as it is seen: follows the items and the viewport, and paints both layers once a frame. */
export class BoardRenderer {
  readonly shapes: ShapeList;
  readonly #viewport: Viewport;
  readonly #static: StaticLayer;
  readonly #active: ActiveLayer;
  readonly #requestPaint = inNextFrame((now) => this.#paint(now));

  constructor(parent: HTMLElement, view: BoardView, viewport: Viewport) {
    this.shapes = new ShapeList(view);
    this.#viewport = viewport;
    this.#static = new StaticLayer(parent, this.#picture, (area) =>
      this.shapes.in(area).filter((shape) => !this.#active.has(shape)),
    );
    this.#active = new ActiveLayer(parent, (shapes) => this.shapes.sort(shapes));
    view.onChange((change) => this.#apply(change));
    viewport.onChange(() => {
      this.#static.show(this.#picture);
      this.#requestPaint();
    });
    this.#reset();
  }

  /** Keeps the item of one's own pen active while the pen is down; undefined when it is up again. */
  hold(id: ItemId | undefined): void {
    this.#active.heldId = id;
  }

  get #picture(): Picture {
    const { view, stage } = this.#viewport;
    return { view, width: stage.width, height: stage.height, ratio: devicePixelRatio };
  }

  #apply(change: ViewChange): void {
    switch (change.type) {
      case "put":
        this.#put(change.item, change.onTop);
        break;
      case "grown":
        this.#grow(change.item, change.points);
        break;
      case "removed":
        for (const shape of this.shapes.remove(change.items)) this.#lift(shape);
        break;
      case "reset":
        this.#reset();
    }
    this.#requestPaint();
  }

  #put(item: Item, onTop: boolean): void {
    const shape = this.shapes.add(item, { onTop });
    if (this.#isUnderStatic(shape)) this.#static.invalidate(shape.bounds);
    else this.#active.touch(shape, performance.now());
  }

  #grow(item: Item, points: string): void {
    const shape = this.shapes.get(item.id);
    if (!shape) return;
    if (!this.#active.has(shape)) this.#static.lift(shape);
    shape.grow(item, points);
    this.#active.touch(shape, performance.now());
  }

  #lift(shape: Shape): void {
    if (!this.#active.delete(shape)) this.#static.lift(shape);
  }

  #reset(): void {
    this.#active.clear();
    this.shapes.reset();
    this.#static.invalidate(BOARD);
    this.#requestPaint();
  }

  #paint(now: number): void {
    for (const shape of this.#active.rested(now)) this.#deactivate(shape);
    const end = performance.now() + (this.#active.isEmpty ? QUIET_BUDGET_MS : BUSY_BUDGET_MS);
    const isDone = this.#static.work(() => performance.now() > end);
    this.#active.paint(this.#picture);
    if (!isDone || !this.#active.isEmpty) this.#requestPaint();
  }

  #deactivate(shape: Shape): void {
    this.#active.delete(shape);
    this.#static.add(shape);
    // It began before something that lies on it by now: there it has to be painted below.
    if (this.#isUnderStatic(shape)) this.#static.invalidate(shape.bounds);
  }

  #isUnderStatic(shape: Shape): boolean {
    return this.shapes.above(shape).some((other) => !this.#active.has(other));
  }
}
