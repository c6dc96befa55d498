/** A key that works wherever the focus is, but in a text field. */
export interface Shortcut {
  /** As the help shows them: any of these. */
  readonly keys: readonly string[];
  readonly does: string;
  /** The presses that are meant, as {@link pressOf} names them. */
  readonly presses: readonly string[];
  run(event: KeyboardEvent): void;
}

/** Runs the first of the shortcuts that a press means. */
export function bindShortcuts(shortcuts: readonly Shortcut[]): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || isWriting(event.target) || document.querySelector("dialog[open]")) return;
    const press = pressOf(event);
    const shortcut = shortcuts.find(({ presses }) => presses.includes(press));
    if (!shortcut) return;
    event.preventDefault();
    shortcut.run(event);
  });
}

/** Names a press: `p` or `?`, whether or not shift makes it; with ctrl, or cmd on a Mac, `ctrl+z` or `ctrl+shift+z`. */
function pressOf({ key, altKey, ctrlKey, metaKey, shiftKey }: KeyboardEvent): string {
  const letter = key.toLowerCase();
  if (altKey) return `alt+${letter}`;
  if (!ctrlKey && !metaKey) return letter;
  return shiftKey ? `ctrl+shift+${letter}` : `ctrl+${letter}`;
}

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement && target.type !== "color" && target.type !== "button";
