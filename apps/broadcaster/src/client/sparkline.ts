import { numberOf } from "./level.ts";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 96;
const HEIGHT = 28;
const MARGIN = 4;
/** How many numbers are kept: about what a line as wide as a thumb can show. */
const HISTORY_LENGTH = 20;
const STEP = (WIDTH - 2 * MARGIN) / (HISTORY_LENGTH - 1);

/** The last numbers of one id, the newest at the end, after another value. Only a finite number leaves a trace. */
export function withValue(value: string, numbers: readonly number[] = []): readonly number[] {
  const number = numberOf(value);
  return Number.isFinite(number) ? [...numbers, number].slice(-HISTORY_LENGTH) : numbers;
}

/** A small line of an id's last numbers, from its lowest to its highest, that ends in a dot at the newest. */
export class Sparkline {
  readonly element = document.createElementNS(SVG, "svg");
  readonly #line = document.createElementNS(SVG, "polyline");
  readonly #dot = document.createElementNS(SVG, "circle");

  constructor() {
    this.element.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    this.element.setAttribute("class", "sparkline");
    this.element.setAttribute("role", "img");
    this.#dot.setAttribute("r", "2.5");
    this.element.append(this.#line, this.#dot);
    this.draw([]);
  }

  draw(numbers: readonly number[]): void {
    this.element.toggleAttribute("hidden", numbers.length === 0);
    if (numbers.length === 0) return;
    this.element.setAttribute("aria-label", `recent values ${numbers.join(", ")}`);
    const points = pointsOf(numbers);
    this.#line.setAttribute("points", points.join(" "));
    const [x = "", y = ""] = points.at(-1)?.split(",") ?? [];
    this.#dot.setAttribute("cx", x);
    this.#dot.setAttribute("cy", y);
  }
}

/** `x,y` of each number: the newest at the right edge, the lowest at the bottom; in the middle when all are equal. */
function pointsOf(numbers: readonly number[]): string[] {
  const low = Math.min(...numbers);
  const high = Math.max(...numbers);
  const right = WIDTH - MARGIN - STEP * (numbers.length - 1);
  return numbers.map((number, index) => {
    // Halved first: the distance between the largest numbers is itself too large for one.
    const share = high === low ? 0.5 : (number / 2 - low / 2) / (high / 2 - low / 2);
    const y = HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN);
    return `${(right + index * STEP).toFixed(1)},${y.toFixed(1)}`;
  });
}
