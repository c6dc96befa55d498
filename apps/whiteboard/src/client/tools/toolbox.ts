import type { BoardClient } from "@crosspod/client";
import type { BoardRenderer } from "../render/board-renderer.ts";
import type { Viewport } from "../render/viewport.ts";
import type { DrawingSettings } from "./drawing-settings.ts";
import { eraserTool } from "./eraser-tool.ts";
import { handTool } from "./hand-tool.ts";
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
