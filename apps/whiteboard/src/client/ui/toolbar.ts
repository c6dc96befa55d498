import { createElement, elementById } from "@crosspod/page";
import { COLORS, type DrawingSettings, WIDTHS } from "../tools/drawing-settings.ts";
import type { ToolName } from "../tools/tool.ts";
import { bindRovingFocus } from "./roving-focus.ts";

const TOOLS: readonly ToolName[] = ["pen", "eraser", "hand"];

/** The diameter of the dot on the button of a width, in CSS pixels. */
const DOTS: readonly number[] = [4, 7, 11, 17];

/** Shows and changes the tool, the colour and the width. */
export class Toolbar {
  readonly #settings: DrawingSettings;
  readonly #colors = new Map<string, HTMLElement>();
  readonly #widths = new Map<number, HTMLElement>();
  readonly #picker = elementById("picker", HTMLInputElement);

  constructor(settings: DrawingSettings) {
    this.#settings = settings;
    for (const tool of TOOLS) button(tool).addEventListener("click", () => settings.takeTool(tool));
    this.#addColors();
    this.#addWidths();
    this.#picker.addEventListener("input", () => settings.takeColor(this.#picker.value.slice(1)));
    bindRovingFocus(elementById("toolbar", HTMLElement));
    settings.onChange(() => this.#show());
    this.#show();
  }

  #addColors(): void {
    for (const [index, { name, color }] of COLORS.entries()) {
      const swatch = createChoice("swatch", name, `${index + 1}`);
      swatch.style.setProperty("--swatch", `#${color}`);
      swatch.addEventListener("click", () => this.#settings.takeColor(color));
      this.#colors.set(color, swatch);
    }
    elementById("colors", HTMLElement).prepend(...this.#colors.values());
  }

  #addWidths(): void {
    for (const [index, { name, width }] of WIDTHS.entries()) {
      const choice = createChoice("width", name, "[ and ]");
      choice.style.setProperty("--dot", `${DOTS[index]}px`);
      choice.addEventListener("click", () => this.#settings.takeWidth(width));
      this.#widths.set(width, choice);
    }
    elementById("widths", HTMLElement).append(...this.#widths.values());
  }

  #show(): void {
    const { tool, color, width } = this.#settings;
    for (const name of TOOLS) setPressed(button(name), name === tool);
    for (const [each, swatch] of this.#colors) setPressed(swatch, each === color);
    for (const [each, choice] of this.#widths) setPressed(choice, each === width);
    elementById("picked", HTMLElement).classList.toggle("is-chosen", !this.#colors.has(color));
    elementById("stage", HTMLElement).dataset.tool = tool;
    document.documentElement.style.setProperty("--ink-in-hand", `#${color}`);
  }
}

const button = (id: string): HTMLElement => elementById(id, HTMLButtonElement);

const setPressed = (element: HTMLElement, pressed: boolean): void => {
  element.ariaPressed = `${pressed}`;
};

function createChoice(className: string, name: string, key: string): HTMLButtonElement {
  const choice = createElement("button", className);
  choice.type = "button";
  choice.ariaLabel = name;
  choice.title = `${name.charAt(0).toUpperCase()}${name.slice(1)} (${key})`;
  return choice;
}
