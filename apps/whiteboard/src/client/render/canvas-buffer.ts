import { intersection, type Rectangle } from "./rectangle.ts";
import type { Shape } from "./shape.ts";
import { BOARD, ViewTransform } from "./view-transform.ts";

/** How large a canvas is, in CSS pixels, and how many of its own pixels one of those has. */
export interface BufferSize {
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
}

/** A canvas with a picture of the board in one view. Another view can show it too, stretched, until it has its own. */
export class CanvasBuffer {
  readonly #canvas = document.createElement("canvas");
  readonly #context: CanvasRenderingContext2D;
  #size: BufferSize = { width: 0, height: 0, ratio: 1 };
  #view = new ViewTransform(1, 0, 0);

  /** @param willFlush whether {@link flush} will be called: the canvas is then one that can be read quickly. */
  constructor(parent: HTMLElement, { willFlush }: { readonly willFlush: boolean }) {
    const context = this.#canvas.getContext("2d", { willReadFrequently: willFlush });
    if (!context) throw new Error("this browser has no canvas to draw on");
    this.#context = context;
    parent.append(this.#canvas);
  }

  /** Whether its picture is of this view and size. */
  isOf(view: ViewTransform, { width, height, ratio }: BufferSize): boolean {
    const size = this.#size;
    return this.#view.equals(view) && size.width === width && size.height === height && size.ratio === ratio;
  }

  /** Takes another view and size; what it showed is gone. */
  become(view: ViewTransform, size: BufferSize): void {
    const { width, height, ratio } = size;
    const [columns, rows] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.#canvas.width !== columns || this.#canvas.height !== rows) {
      this.#canvas.width = columns;
      this.#canvas.height = rows;
    }
    this.#canvas.style.width = `${width}px`;
    this.#canvas.style.height = `${height}px`;
    this.#view = view;
    this.#size = size;
    this.clear(this.visible);
  }

  /** The part of the board's grid that fits on the canvas, whether there is board or not. */
  get visible(): Rectangle {
    const from = this.#view.toBoard({ x: 0, y: 0 });
    const to = this.#view.toBoard({ x: this.#size.width, y: this.#size.height });
    return { left: from.x, top: from.y, right: to.x, bottom: to.y };
  }

  /** What of a part of the board is on the canvas, out to whole pixels, as {@link clear} and {@link paint} touch it. */
  touched(area: Rectangle): Rectangle {
    const { left, top, right, bottom } = this.#pixelsOf(area);
    const step = this.#view.scale * this.#size.ratio;
    const { x, y } = this.#view.toBoard({ x: 0, y: 0 });
    return intersection(this.visible, {
      left: x + left / step,
      top: y + top / step,
      right: x + right / step,
      bottom: y + bottom / step,
    });
  }

  /** Makes a part of the board empty. */
  clear(area: Rectangle): void {
    const { left, top, right, bottom } = this.#pixelsOf(area);
    this.#context.setTransform(1, 0, 0, 1, 0, 0);
    this.#context.clearRect(left, top, right - left, bottom - top);
  }

  /** Paints shapes, one on top of the other, but nothing outside of `area`. */
  paint(shapes: readonly Shape[], area: Rectangle = BOARD): void {
    this.#context.save();
    this.#clip(area);
    for (const shape of shapes) shape.paint(this.#context);
    this.#context.restore();
  }

  /** Paints now what the browser would put off to the end of the frame, where nobody can tell how long it takes. */
  flush(): void {
    this.#context.getImageData(0, 0, 1, 1);
  }

  copy(other: CanvasBuffer): void {
    this.become(other.#view, other.#size);
    this.#context.setTransform(1, 0, 0, 1, 0, 0);
    this.#context.drawImage(other.#canvas, 0, 0);
  }

  hide(): void {
    this.#canvas.style.visibility = "hidden";
  }

  /** Shows its picture where it belongs in `view`. */
  showIn(view: ViewTransform): void {
    const stretch = view.scale / this.#view.scale;
    const x = view.x - this.#view.x * stretch;
    const y = view.y - this.#view.y * stretch;
    const asItIs = stretch === 1 && x === 0 && y === 0;
    this.#canvas.style.transform = asItIs ? "none" : `matrix(${stretch}, 0, 0, ${stretch}, ${x}, ${y})`;
    this.#canvas.style.visibility = "visible";
  }

  /** Leaves the context with a grid step as its unit, clipped at whole pixels so that no seam is seen. */
  #clip(area: Rectangle): void {
    const context = this.#context;
    const { left, top, right, bottom } = this.#pixelsOf(area);
    const scale = this.#view.scale * this.#size.ratio;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.beginPath();
    context.rect(left, top, right - left, bottom - top);
    context.clip();
    context.setTransform(scale, 0, 0, scale, this.#view.x * this.#size.ratio, this.#view.y * this.#size.ratio);
    context.beginPath();
    context.rect(BOARD.left, BOARD.top, BOARD.right, BOARD.bottom);
    context.clip();
  }

  #pixelsOf(area: Rectangle): Rectangle {
    const { left, top, right, bottom } = this.#view.areaOf(area);
    const { ratio } = this.#size;
    return {
      left: Math.floor(left * ratio) - 1,
      top: Math.floor(top * ratio) - 1,
      right: Math.ceil(right * ratio) + 1,
      bottom: Math.ceil(bottom * ratio) + 1,
    };
  }
}
