import { createElement, elementById } from "@crosspod/page";

/** How long a message stays when nobody takes it away. Somebody who reads it, or is at its button, has all the time. */
const SHOWN_MS = 8_000;

/** A message over the board. */
export interface Notice {
  readonly text: string;
  /** A thing that one may want to do about it. */
  readonly action?: { readonly label: string; run(): void };
  /** Something went wrong: it stays until it is taken away. */
  readonly isError?: boolean;
}

/** Shows one message at a time; a screen reader is told, too. */
export class Notices {
  readonly #region = elementById("notices", HTMLElement);
  readonly #alerts = elementById("alerts", HTMLElement);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Returns what takes this message away, if it is still there. */
  show(notice: Notice): () => void {
    this.#dismiss();
    const element = this.#create(notice);
    (notice.isError ? this.#alerts : this.#region).append(element);
    if (!notice.isError) this.#dismissLater();
    return () => element.remove();
  }

  #dismiss(): void {
    clearTimeout(this.#timer);
    this.#region.replaceChildren();
    this.#alerts.replaceChildren();
  }

  #create({ text, action, isError = false }: Notice): HTMLElement {
    const button = this.#createButton(action?.label ?? "Close", () => action?.run());
    const notice = createElement("div", isError ? "notice is-error" : "notice", createElement("p", "", text), button);
    notice.addEventListener("pointerenter", () => clearTimeout(this.#timer));
    notice.addEventListener("focusin", () => clearTimeout(this.#timer));
    if (isError) return notice;
    notice.addEventListener("pointerleave", () => this.#dismissLater());
    notice.addEventListener("focusout", () => this.#dismissLater());
    return notice;
  }

  #createButton(label: string, run: () => void): HTMLButtonElement {
    const button = createElement("button", "quiet", label);
    button.type = "button";
    button.addEventListener("click", () => {
      this.#dismiss();
      run();
    });
    return button;
  }

  #dismissLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#dismiss(), SHOWN_MS);
  }
}
