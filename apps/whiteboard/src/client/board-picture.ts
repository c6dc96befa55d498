import type { BoardView, ViewChange } from "@crosspod/client";
import type { Item, ItemId } from "@crosspod/protocol";
import { Frame } from "./frame.ts";
import { LiveLayer } from "./live-layer.ts";
import type { RasterSize } from "./raster.ts";
import { SettledLayer } from "./settled-layer.ts";
import type { Shape } from "./shape.ts";
import { ShapeList } from "./shape-list.ts";
import { BOARD } from "./view-transform.ts";
import type { Viewport } from "./viewport.ts";

/** How long what is at rest may take in one frame of some 16 ms while somebody draws: the rest belongs to the pen, to layout and to messages. */
const BUSY_BUDGET_MS = 6;
/** And while nobody does. */
const QUIET_BUDGET_MS = 11;

/** The board as it is seen: follows the items and the viewport, and paints both layers once a frame. */
export class BoardPicture {
  readonly shapes: ShapeList;
  readonly #viewport: Viewport;
  readonly #settled: SettledLayer;
  readonly #live: LiveLayer;
  readonly #frame = new Frame((now) => this.#paint(now));
  #heldId: ItemId | undefined;

  constructor(parent: HTMLElement, view: BoardView, viewport: Viewport) {
    this.shapes = new ShapeList(view);
    this.#viewport = viewport;
    this.#settled = new SettledLayer(parent, viewport.view, this.#size, (area) =>
      this.shapes.in(area).filter((shape) => !this.#live.has(shape)),
    );
    this.#live = new LiveLayer(parent, viewport.view, this.#size, (shapes) => this.shapes.sort(shapes));
    view.onChange((change) => this.#follow(change));
    viewport.onChange(() => this.#show());
    this.#reset();
  }

  /** Keeps the item of one's own pen live while the pen is down. */
  hold(id: ItemId): void {
    this.release();
    this.#heldId = id;
    const shape = this.shapes.get(id);
    if (shape) this.#live.hold(shape);
  }

  release(): void {
    const shape = this.#heldId && this.shapes.get(this.#heldId);
    if (shape) this.#live.release(shape);
    this.#heldId = undefined;
  }

  get #size(): RasterSize {
    const { width, height } = this.#viewport.stage;
    return { width, height, ratio: devicePixelRatio };
  }

  #follow(change: ViewChange): void {
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
    this.#frame.request();
  }

  #put(item: Item, onTop: boolean): void {
    const shape = this.shapes.add(item, { onTop });
    if (this.#isUnderSettled(shape)) this.#settled.invalidate(shape.bounds);
    else this.#live.touch(shape, performance.now());
  }

  #grow(item: Item, points: string): void {
    const shape = this.shapes.get(item.id);
    if (!shape) return;
    if (!this.#live.has(shape)) this.#settled.lift(shape);
    shape.grow(item, points);
    this.#live.touch(shape, performance.now());
    if (item.id === this.#heldId) this.#live.hold(shape);
  }

  #lift(shape: Shape): void {
    if (!this.#live.delete(shape)) this.#settled.lift(shape);
  }

  #reset(): void {
    this.#live.clear();
    this.shapes.reset();
    this.#settled.invalidate(BOARD);
    this.#frame.request();
  }

  #show(): void {
    this.#settled.show(this.#viewport.view, this.#size);
    this.#frame.request();
  }

  #paint(now: number): void {
    for (const shape of this.#live.rested(now)) this.#settle(shape);
    const end = performance.now() + (this.#live.isEmpty ? QUIET_BUDGET_MS : BUSY_BUDGET_MS);
    const isDone = this.#settled.work(() => performance.now() > end);
    this.#live.paint(this.#viewport.view, this.#size);
    if (!isDone || !this.#live.isEmpty) this.#frame.request();
  }

  #settle(shape: Shape): void {
    this.#live.delete(shape);
    this.#settled.settle(shape);
    // It began before something that lies on it by now: there it has to be painted below.
    if (this.#isUnderSettled(shape)) this.#settled.invalidate(shape.bounds);
  }

  #isUnderSettled(shape: Shape): boolean {
    return this.shapes.above(shape).some((other) => !this.#live.has(other));
  }
}
