import type { BoardClient } from "@crosspod/client";
import type { BoardRenderer } from "../render/board-renderer.ts";
import type { Vector } from "../render/vector.ts";
import type { Viewport } from "../render/viewport.ts";
import type { DrawingSettings } from "./drawing-settings.ts";
import { eraserTool } from "./eraser-tool.ts";
import { penTool } from "./pen-tool.ts";
import type { Tool, ToolName } from "./tool.ts";

/** Every tool there is, and which of them is in hand. */
export class Toolbox {
  readonly hand: Tool;
  readonly #tools: Readonly<Record<ToolName, Tool>>;
  readonly #settings: DrawingSettings;

  constructor(client: BoardClient, settings: DrawingSettings, viewport: Viewport, renderer: BoardRenderer) {
    this.hand = handTool(viewport);
    this.#settings = settings;
    this.#tools = {
      pen: penTool(client, settings, viewport, renderer),
      eraser: eraserTool(client, renderer.shapes, viewport),
      hand: this.hand,
    };
  }

  get inHand(): Tool {
    return this.#tools[this.#settings.current.tool];
  }
}

/** Moves what the window shows. */
const handTool = (viewport: Viewport): Tool => ({
  begin(sample) {
    let last: Vector = sample;
    return {
      move(samples) {
        const now = samples.at(-1) ?? last;
        viewport.moveBy({ x: now.x - last.x, y: now.y - last.y });
        last = now;
      },
      end() {},
    };
  },
});
