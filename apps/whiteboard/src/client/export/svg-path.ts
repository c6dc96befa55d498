import type { PathSink } from "../render/stroke-outline.ts";

/** Writes an outline as the `d` of an SVG path, to a tenth of a grid step. */
export class SvgPath implements PathSink {
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
