import { Observable } from "@crosspod/client/internal";
import { DRAWING_COLORS } from "@crosspod/protocol";
import type { ToolName } from "./tool.ts";

/** The five colours of the original example: a name for a person, and six hexadecimal digits. */
export const COLORS = Object.entries(DRAWING_COLORS).map(([name, color]) => ({ name, color }));

/** Widths of the pen in grid steps, at 100% ten a pixel, with that of the dot on the button in CSS pixels. */
export const WIDTHS = [
  { name: "fine", width: 30, dot: 4 },
  { name: "medium", width: 70, dot: 7 },
  { name: "bold", width: 140, dot: 11 },
  { name: "marker", width: 300, dot: 17 },
] as const;

const [, MEDIUM] = WIDTHS;

/** The tool in hand, and the pen's colour and width. */
interface Settings {
  readonly tool: ToolName;
  readonly color: string;
  readonly width: number;
}

/** What the toolbar is set to. */
export class DrawingSettings {
  readonly #settings = new Observable<Settings>({ tool: "pen", color: "000000", width: MEDIUM.width });
  readonly onChange = this.#settings.changed.add;

  get current(): Settings {
    return this.#settings.value;
  }

  takeTool(tool: ToolName): void {
    this.#settings.value = { ...this.current, tool };
  }

  /** A person who picks a colour wants to draw with it. */
  takeColor(color: string): void {
    this.#settings.value = { ...this.current, color, tool: "pen" };
  }

  takeWidth(width: number): void {
    this.#settings.value = { ...this.current, width, tool: "pen" };
  }

  /** The next wider (1) or finer (-1) pen, if there is one. */
  changeWidth(by: 1 | -1): void {
    const index = WIDTHS.findIndex(({ width }) => width === this.current.width);
    const next = WIDTHS[index + by];
    if (next) this.takeWidth(next.width);
  }
}
