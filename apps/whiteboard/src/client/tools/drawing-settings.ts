import { Emitter, type Unsubscribe } from "@crosspod/client";
import { DRAWING_COLORS } from "@crosspod/protocol";
import type { ToolName } from "./tool.ts";

/** A name for a person, and six hexadecimal digits. */
export interface NamedColor {
  readonly name: string;
  readonly color: string;
}

/** The five colours of the original example. */
export const COLORS: readonly NamedColor[] = Object.entries(DRAWING_COLORS).map(([name, color]) => ({ name, color }));

/** Widths of the pen in steps of the grid: at 100% ten of them are one pixel. */
export const WIDTHS = [
  { name: "fine", width: 30 },
  { name: "medium", width: 70 },
  { name: "bold", width: 140 },
  { name: "marker", width: 300 },
] as const;

const MEDIUM = 1;

/** What the toolbar is set to: the tool in hand, and the colour and width of the pen. */
export class DrawingSettings {
  readonly #changed = new Emitter<[]>();
  #tool: ToolName = "pen";
  #color = COLORS[0]?.color ?? "000000";
  #width: number = WIDTHS[MEDIUM].width;

  get tool(): ToolName {
    return this.#tool;
  }

  get color(): string {
    return this.#color;
  }

  get width(): number {
    return this.#width;
  }

  onChange(listener: () => void): Unsubscribe {
    return this.#changed.add(listener);
  }

  takeTool(tool: ToolName): void {
    this.#tool = tool;
    this.#changed.emit();
  }

  /** Who picks a colour wants to draw with it. */
  takeColor(color: string): void {
    this.#color = color;
    this.takeTool("pen");
  }

  takeWidth(width: number): void {
    this.#width = width;
    this.takeTool("pen");
  }

  /** The next wider (1) or finer (-1) pen, if there is one. */
  changeWidth(by: 1 | -1): void {
    const index = WIDTHS.findIndex(({ width }) => width === this.#width);
    const next = WIDTHS[index + by];
    if (next) this.takeWidth(next.width);
  }
}
