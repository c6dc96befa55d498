import { command, key, type Shortcut } from "../input/shortcuts.ts";
import type { Viewport } from "../render/viewport.ts";
import { COLORS, type DrawingSettings } from "../tools/drawing-settings.ts";
import type { EditButtons } from "./edit-buttons.ts";

/** What the shortcuts act on. */
export interface ShortcutTargets {
  readonly settings: DrawingSettings;
  readonly edit: EditButtons;
  readonly viewport: Viewport;
  showHelp(): void;
}

/** Every shortcut of the page; the help is made of this list. */
export function boardShortcuts({ settings, edit, viewport, showHelp }: ShortcutTargets): Shortcut[] {
  const redoes = [command("z", { shift: true }), command("y")];
  return [
    { keys: ["P"], does: "Pen", matches: key("p"), run: () => settings.takeTool("pen") },
    { keys: ["E"], does: "Eraser", matches: key("e"), run: () => settings.takeTool("eraser") },
    { keys: ["H"], does: "Hand", matches: key("h"), run: () => settings.takeTool("hand") },
    { keys: ["1 – 5"], does: "Colours", matches: key(...COLORS.map((_, index) => `${index + 1}`)), run: pickColor },
    { keys: ["["], does: "Finer pen", matches: key("["), run: () => settings.changeWidth(-1) },
    { keys: ["]"], does: "Wider pen", matches: key("]"), run: () => settings.changeWidth(1) },
    { keys: ["Ctrl Z"], does: "Undo what you did", matches: command("z"), run: () => edit.undo() },
    {
      keys: ["Ctrl Shift Z", "Ctrl Y"],
      does: "Redo",
      matches: (event) => redoes.some((redo) => redo(event)),
      run: () => edit.redo(),
    },
    { keys: ["+"], does: "Zoom in", matches: key("+", "="), run: () => viewport.zoomIn() },
    { keys: ["−"], does: "Zoom out", matches: key("-", "_"), run: () => viewport.zoomOut() },
    { keys: ["0"], does: "Full size (100%)", matches: key("0"), run: () => viewport.showFullSize() },
    { keys: ["F"], does: "Fit the whole board", matches: key("f"), run: () => viewport.fit() },
    { keys: ["?"], does: "This help", matches: key("?"), run: showHelp },
  ];

  function pickColor({ key: digit }: KeyboardEvent): void {
    const choice = COLORS[Number(digit) - 1];
    if (choice) settings.takeColor(choice.color);
  }
}

/** What the hands do, for the help to show beside the shortcuts. */
export const MOVES: readonly Pick<Shortcut, "keys" | "does">[] = [
  { keys: ["Wheel", "Space + drag", "Middle button"], does: "Move the board" },
  { keys: ["Ctrl + wheel", "Pinch"], does: "Zoom" },
  { keys: ["Arrow keys"], does: "Move the crosshair; finely with Shift" },
  { keys: ["Enter"], does: "Put the tool down there, or lift it" },
];
