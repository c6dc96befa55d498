import { elementById } from "./element.ts";

/** How long a text must stand before it is read out: what passes in between is not worth an interruption. */
const SETTLE_MS = 800;

/** Announces texts to screen readers, politely; of several in quick succession only the last. */
export class Announcer {
  /** A live region of the page that is only for this. */
  readonly #region = elementById("announcement", HTMLElement);
  #timer: ReturnType<typeof setTimeout> | undefined;

  say(text: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // To set the same text again is a change, too, which some screen readers read out.
      if (this.#region.textContent !== text) this.#region.textContent = text;
    }, SETTLE_MS);
  }
}
