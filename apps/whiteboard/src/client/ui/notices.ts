import { createElement, elementById } from "@crosspod/page";

/** How long a message stays, unless it is closed, or the pointer or the focus is on it. */
const SHOWN_MS = 8_000;

/** A message over the board. */
export interface Notice {
  readonly text: string;
  /** A thing that one may want to do about it. */
  readonly action?: { readonly label: string; run(): void };
  /** Something went wrong: it stays until it is taken away. */
  readonly isError?: boolean;
}

/** Shows one message at a time, to screen readers as well. */
export class Notices {
  readonly #region = elementById("notices", HTMLElement);
  readonly #alerts = elementById("alerts", HTMLElement);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Returns what takes this message away, if it is still there. */
  show({ text, action, isError = false }: Notice): () => void {
    this.#dismiss();
    const button = createElement("button", "quiet", action?.label ?? "Close");
    button.type = "button";
    button.addEventListener("click", () => {
      this.#dismiss();
      action?.run();
    });
    const notice = createElement("div", isError ? "notice is-error" : "notice", createElement("p", "", text), button);
    (isError ? this.#alerts : this.#region).append(notice);
    if (!isError) this.#dismissLater(notice);
    return () => notice.remove();
  }

  #dismiss(): void {
    clearTimeout(this.#timer);
    this.#region.replaceChildren();
    this.#alerts.replaceChildren();
  }

  #dismissLater(notice: HTMLElement): void {
    const start = (): void => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#dismiss(), SHOWN_MS);
    };
    for (const type of ["pointerenter", "focusin"]) notice.addEventListener(type, () => clearTimeout(this.#timer));
    for (const type of ["pointerleave", "focusout"]) notice.addEventListener(type, start);
    start();
  }
}
