import type { Shape } from "../render/shape.ts";
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

const pathOf = (shape: Shape): string => `<path fill="#${shape.item.color}" d="${outlineOf(shape)}"/>`;

/** A shape's outline as the `d` of an SVG path, to a tenth of a grid step. */
export function outlineOf(shape: Shape): string {
  const steps: string[] = [];
  shape.trace({
    moveTo: (x, y) => steps.push(`M${round(x)} ${round(y)}`),
    quadraticCurveTo: (controlX, controlY, x, y) =>
      steps.push(`Q${round(controlX)} ${round(controlY)} ${round(x)} ${round(y)}`),
    closePath: () => steps.push("Z"),
  });
  return steps.join("");
}

const round = (number: number): number => Math.round(number * 10) / 10;
