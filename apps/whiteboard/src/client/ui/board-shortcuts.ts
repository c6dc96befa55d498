import type { BoardClient } from "@crosspod/client";
import type { Shortcut } from "../input/shortcuts.ts";
import type { Viewport } from "../render/viewport.ts";
import { COLORS, type DrawingSettings } from "../tools/drawing-settings.ts";
import { showHelp } from "./help.ts";

/** Every shortcut of the page; the help is made of this list. */
export function boardShortcuts(client: BoardClient, settings: DrawingSettings, viewport: Viewport): Shortcut[] {
  const digits = COLORS.map((_, index) => `${index + 1}`);
  const pickColor = ({ key: digit }: KeyboardEvent): void => {
    const choice = COLORS[Number(digit) - 1];
    if (choice) settings.takeColor(choice.color);
  };
  return [
    { keys: ["P"], does: "Pen", presses: ["p"], run: () => settings.takeTool("pen") },
    { keys: ["E"], does: "Eraser", presses: ["e"], run: () => settings.takeTool("eraser") },
    { keys: ["H"], does: "Hand", presses: ["h"], run: () => settings.takeTool("hand") },
    { keys: ["1 – 5"], does: "Colours", presses: digits, run: pickColor },
    { keys: ["["], does: "Finer pen", presses: ["["], run: () => settings.changeWidth(-1) },
    { keys: ["]"], does: "Wider pen", presses: ["]"], run: () => settings.changeWidth(1) },
    { keys: ["Ctrl Z"], does: "Undo what you did", presses: ["ctrl+z"], run: () => client.history.undo() },
    {
      keys: ["Ctrl Shift Z", "Ctrl Y"],
      does: "Redo",
      presses: ["ctrl+shift+z", "ctrl+y"],
      run: () => client.history.redo(),
    },
    { keys: ["+"], does: "Zoom in", presses: ["+", "="], run: () => viewport.zoomIn() },
    { keys: ["−"], does: "Zoom out", presses: ["-", "_"], run: () => viewport.zoomOut() },
    { keys: ["0"], does: "Full size (100%)", presses: ["0"], run: () => viewport.showFullSize() },
    { keys: ["F"], does: "Fit the whole board", presses: ["f"], run: () => viewport.fit() },
    { keys: ["?"], does: "This help", presses: ["?"], run: showHelp },
  ];
}

/** What the hands do, for the help to show beside the shortcuts. */
export const MOVES: readonly Pick<Shortcut, "keys" | "does">[] = [
  { keys: ["Wheel", "Space + drag", "Middle button"], does: "Move the board" },
  { keys: ["Ctrl + wheel", "Pinch"], does: "Zoom" },
  { keys: ["Arrow keys"], does: "Move the crosshair; finely with Shift" },
  { keys: ["Enter"], does: "Put the tool down there, or lift it" },
];
