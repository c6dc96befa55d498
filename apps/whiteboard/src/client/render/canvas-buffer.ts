import { intersection, type Rectangle } from "./rectangle.ts";
import type { Shape } from "./shape.ts";
import { BOARD, ViewTransform } from "./view-transform.ts";

/** What a canvas shows: a view on a stage of so many CSS pixels, each of them so many of the canvas' own. */
export interface Picture {
  readonly view: ViewTransform;
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
}

/** A canvas with a picture of the board in one view. Another view can show it too, stretched, until it has its own. */
export class CanvasBuffer {
  readonly #canvas = document.createElement("canvas");
  /** Its unit is a pixel of its own, but while it paints shapes. */
  readonly #context: CanvasRenderingContext2D;
  #picture: Picture = { view: new ViewTransform(1, 0, 0), width: 0, height: 0, ratio: 1 };

  /** @param willFlush whether {@link flush} will be called: the canvas is then one that can be read quickly. */
  constructor(parent: HTMLElement, { willFlush }: { readonly willFlush: boolean }) {
    const context = this.#canvas.getContext("2d", { willReadFrequently: willFlush });
    if (!context) throw new Error("this browser has no canvas to draw on");
    this.#context = context;
    parent.append(this.#canvas);
  }

  /** Whether it shows this already. */
  isOf({ view, width, height, ratio }: Picture): boolean {
    const own = this.#picture;
    return own.view.equals(view) && own.width === width && own.height === height && own.ratio === ratio;
  }

  /** Is to show another picture; what it showed is gone. */
  become(picture: Picture): void {
    const { width, height, ratio } = picture;
    const [columns, rows] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.#canvas.width !== columns || this.#canvas.height !== rows) {
      this.#canvas.width = columns;
      this.#canvas.height = rows;
    }
    this.#canvas.style.width = `${width}px`;
    this.#canvas.style.height = `${height}px`;
    this.#picture = picture;
    this.#context.clearRect(0, 0, columns, rows);
  }

  /** What of a part of the board is on the canvas, out to whole pixels, as {@link clear} and {@link paint} touch it. */
  touched(area: Rectangle): Rectangle {
    const { view, width, height } = this.#picture;
    const visible = view.boardOf({ left: 0, top: 0, right: width, bottom: height });
    return intersection(visible, this.#pixels.boardOf(this.#pixelsOf(area)));
  }

  /** Makes a part of the board empty. */
  clear(area: Rectangle): void {
    const { left, top, right, bottom } = this.#pixelsOf(area);
    this.#context.clearRect(left, top, right - left, bottom - top);
  }

  /** Paints shapes, one on top of the other, but nothing outside of `area`. */
  paint(shapes: readonly Shape[], area: Rectangle = BOARD): void {
    this.#context.save();
    this.#clip(area);
    for (const shape of shapes) shape.paint(this.#context);
    this.#context.restore();
  }

  /** Paints now what the browser would defer to the end of the frame, where its time cannot be measured. */
  flush(): void {
    this.#context.getImageData(0, 0, 1, 1);
  }

  copy(other: CanvasBuffer): void {
    this.become(other.#picture);
    this.#context.drawImage(other.#canvas, 0, 0);
  }

  hide(): void {
    this.#canvas.style.visibility = "hidden";
  }

  /** Shows its picture where it belongs in `view`. */
  showIn(view: ViewTransform): void {
    const own = this.#picture.view;
    const stretch = view.scale / own.scale;
    const x = view.x - own.x * stretch;
    const y = view.y - own.y * stretch;
    const asItIs = stretch === 1 && x === 0 && y === 0;
    this.#canvas.style.transform = asItIs ? "none" : `matrix(${stretch}, 0, 0, ${stretch}, ${x}, ${y})`;
    this.#canvas.style.visibility = "visible";
  }

  /** Leaves the context with a grid step as its unit, clipped at whole pixels so that no seam is seen. */
  #clip(area: Rectangle): void {
    const context = this.#context;
    const { left, top, right, bottom } = this.#pixelsOf(area);
    const { scale, x, y } = this.#pixels;
    context.beginPath();
    context.rect(left, top, right - left, bottom - top);
    context.clip();
    context.setTransform(scale, 0, 0, scale, x, y);
    context.beginPath();
    context.rect(BOARD.left, BOARD.top, BOARD.right, BOARD.bottom);
    context.clip();
  }

  /** How the board lies on the canvas, in the canvas' own pixels. */
  get #pixels(): ViewTransform {
    const { view, ratio } = this.#picture;
    return new ViewTransform(view.scale * ratio, view.x * ratio, view.y * ratio);
  }

  #pixelsOf(area: Rectangle): Rectangle {
    const { left, top, right, bottom } = this.#pixels.areaOf(area);
    return {
      left: Math.floor(left) - 1,
      top: Math.floor(top) - 1,
      right: Math.ceil(right) + 1,
      bottom: Math.ceil(bottom) + 1,
    };
  }
}
