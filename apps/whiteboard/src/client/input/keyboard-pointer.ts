import { createElement } from "@crosspod/page";
import { centerOf } from "../render/rectangle.ts";
import type { Vector } from "../render/vector.ts";
import type { Viewport } from "../render/viewport.ts";
import type { Gesture, Sample } from "../tools/tool.ts";
import type { Toolbox } from "../tools/toolbox.ts";

const DIRECTIONS: Readonly<Record<string, Vector>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** CSS pixels of one press of an arrow key; with shift for fine work. */
const STEP = 16;
const FINE_STEP = 4;

/** Uses the tool in hand without a mouse: arrow keys move a crosshair, Enter puts the tool down or lifts it. */
export class KeyboardPointer {
  readonly #toolbox: Toolbox;
  readonly #viewport: Viewport;
  readonly #moved: (place: Vector) => void;
  readonly #mark = createElement("div", "crosshair");
  #place: Vector | undefined;
  #gesture: Gesture | undefined;

  /** @param moved hears each place of the crosshair, for others to see it as a cursor. */
  constructor(stage: HTMLElement, toolbox: Toolbox, viewport: Viewport, moved: (place: Vector) => void) {
    this.#toolbox = toolbox;
    this.#viewport = viewport;
    this.#moved = moved;
    this.#mark.hidden = true;
    stage.tabIndex = 0;
    stage.append(this.#mark);
    stage.addEventListener("keydown", (event) => this.#press(event));
    stage.addEventListener("focus", () => stage.classList.toggle("is-by-keyboard", stage.matches(":focus-visible")));
    stage.addEventListener("blur", () => this.#leave());
    stage.addEventListener("pointerdown", () => this.#leave());
  }

  #press(event: KeyboardEvent): void {
    const direction = DIRECTIONS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (direction) this.#move(direction, event.shiftKey ? FINE_STEP : STEP);
    else if (event.key === "Enter") this.#toggle();
    else if (event.key === "Escape") this.#leave();
    else return;
    event.preventDefault();
  }

  #move(direction: Vector, step: number): void {
    const { x, y } = this.#current;
    const { width, height } = this.#viewport.stage;
    this.#place = {
      x: Math.min(width, Math.max(0, x + direction.x * step)),
      y: Math.min(height, Math.max(0, y + direction.y * step)),
    };
    this.#gesture?.move([this.#sample]);
    this.#show();
  }

  #toggle(): void {
    if (this.#gesture) this.#lift();
    else this.#gesture = this.#toolbox.inHand.begin(this.#sample);
    this.#show();
  }

  #lift(): void {
    this.#gesture?.end();
    this.#gesture = undefined;
  }

  #leave(): void {
    this.#lift();
    this.#mark.hidden = true;
  }

  #show(): void {
    const { x, y } = this.#current;
    this.#mark.hidden = false;
    this.#mark.classList.toggle("is-down", this.#gesture !== undefined);
    this.#mark.style.transform = `translate(${x}px, ${y}px)`;
    this.#moved({ x, y });
  }

  /** At first in the middle of what nothing lies over. */
  get #current(): Vector {
    return this.#place ?? centerOf(this.#viewport.stage.free);
  }

  get #sample(): Sample {
    return { ...this.#current, pressure: undefined };
  }
}
