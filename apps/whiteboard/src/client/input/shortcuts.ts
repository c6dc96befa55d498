/** A key that does something wherever the focus is, but not while somebody writes. */
export interface Shortcut {
  /** As the help shows them: any of these. */
  readonly keys: readonly string[];
  readonly does: string;
  /** Whether this press is meant. */
  matches(event: KeyboardEvent): boolean;
  run(event: KeyboardEvent): void;
}

/** A single letter, digit or sign, without ctrl, alt or cmd. */
export const key =
  (...characters: readonly string[]) =>
  (event: KeyboardEvent): boolean =>
    !event.ctrlKey && !event.metaKey && !event.altKey && characters.includes(event.key.toLowerCase());

/** A letter with ctrl, or with cmd on a Mac. */
export const command =
  (character: string, { shift = false } = {}) =>
  (event: KeyboardEvent): boolean =>
    (event.ctrlKey || event.metaKey) &&
    !event.altKey &&
    event.shiftKey === shift &&
    event.key.toLowerCase() === character;

/** Runs the first of the shortcuts that a press means. */
export function bindShortcuts(shortcuts: readonly Shortcut[]): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || isWriting(event.target) || document.querySelector("dialog[open]")) return;
    const shortcut = shortcuts.find((each) => each.matches(event));
    if (!shortcut) return;
    event.preventDefault();
    shortcut.run(event);
  });
}

const isWriting = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement && target.type !== "color" && target.type !== "button";
