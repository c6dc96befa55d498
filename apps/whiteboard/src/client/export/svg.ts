import type { Shape } from "../render/shape.ts";
import type { PathBuilder } from "../render/stroke-outline.ts";
import { BOARD, FULL_SIZE } from "../render/view-transform.ts";

/** The whole board as an SVG document on white paper: one path for each stroke, in grid steps. */
export function svgOf(shapes: Iterable<Shape>): string {
  const { right: width, bottom: height } = BOARD;
  const size = `width="${width * FULL_SIZE}" height="${height * FULL_SIZE}" viewBox="0 0 ${width} ${height}"`;
  const paths = [...shapes].map(pathOf);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size}>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...paths,
    "</svg>\n",
  ].join("\n");
}

function pathOf(shape: Shape): string {
  const path = new SvgPath();
  shape.trace(path);
  return `<path fill="#${shape.item.color}" d="${path}"/>`;
}

/** Writes an outline as the `d` of an SVG path, to a tenth of a grid step. */
export class SvgPath implements PathBuilder {
  #text = "";

  moveTo(x: number, y: number): void {
    this.#text += `M${round(x)} ${round(y)}`;
  }

  quadraticCurveTo(controlX: number, controlY: number, x: number, y: number): void {
    this.#text += `Q${round(controlX)} ${round(controlY)} ${round(x)} ${round(y)}`;
  }

  closePath(): void {
    this.#text += "Z";
  }

  toString(): string {
    return this.#text;
  }
}

const round = (number: number): number => Math.round(number * 10) / 10;
