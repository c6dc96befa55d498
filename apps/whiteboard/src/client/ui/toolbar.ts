import { createElement, elementById } from "@crosspod/page";
import { COLORS, type DrawingSettings, WIDTHS } from "../tools/drawing-settings.ts";
import type { ToolName } from "../tools/tool.ts";
import { bindRovingFocus } from "./roving-focus.ts";

const TOOLS: readonly ToolName[] = ["pen", "eraser", "hand"];

/** Shows and changes the tool, the colour and the width. */
export function bindToolbar(settings: DrawingSettings): void {
  const tools = TOOLS.map((tool) => elementById(tool, HTMLButtonElement));
  const swatches = COLORS.map(({ name, color }, index) =>
    createChoice("swatch", name, `${index + 1}`, ["--swatch", `#${color}`], () => settings.takeColor(color)),
  );
  const widths = WIDTHS.map(({ name, width, dot }) =>
    createChoice("width", name, "[ and ]", ["--dot", `${dot}px`], () => settings.takeWidth(width)),
  );
  const picker = elementById("picker", HTMLInputElement);
  const show = (): void => {
    const { tool, color, width } = settings.current;
    const swatch = COLORS.findIndex((each) => each.color === color);
    const dot = WIDTHS.findIndex((each) => each.width === width);
    press(tools, TOOLS.indexOf(tool));
    press(swatches, swatch);
    press(widths, dot);
    elementById("picked", HTMLElement).classList.toggle("is-chosen", swatch < 0);
    elementById("stage", HTMLElement).dataset.tool = tool;
    document.documentElement.style.setProperty("--ink-in-hand", `#${color}`);
  };
  for (const [index, tool] of TOOLS.entries()) tools[index]?.addEventListener("click", () => settings.takeTool(tool));
  elementById("colors", HTMLElement).prepend(...swatches);
  elementById("widths", HTMLElement).append(...widths);
  picker.addEventListener("input", () => settings.takeColor(picker.value.slice(1)));
  bindRovingFocus(elementById("toolbar", HTMLElement));
  settings.onChange(show);
  show();
}

/** Shows which one of some buttons is chosen; with -1 none. */
function press(buttons: readonly HTMLElement[], chosen: number): void {
  for (const [index, button] of buttons.entries()) button.ariaPressed = `${index === chosen}`;
}

function createChoice(
  className: string,
  name: string,
  key: string,
  style: readonly [property: string, value: string],
  choose: () => void,
): HTMLButtonElement {
  const choice = createElement("button", className);
  choice.type = "button";
  choice.ariaLabel = name;
  choice.title = `${name.charAt(0).toUpperCase()}${name.slice(1)} (${key})`;
  choice.style.setProperty(...style);
  choice.addEventListener("click", choose);
  return choice;
}
