import { elementById } from "./element.ts";

/** A text field with the error below it. */
export class Field {
  readonly input: HTMLInputElement;
  readonly #error: HTMLElement;

  /** @param id of the input; its error has the same with `-error`. */
  constructor(id: string) {
    this.input = elementById(id, HTMLInputElement);
    this.#error = elementById(`${id}-error`, HTMLElement);
  }

  /** Says what is wrong, and leads there. An empty text says that nothing is. */
  showError(detail: string): void {
    this.input.ariaInvalid = `${detail !== ""}`;
    this.#error.textContent = detail;
    this.#error.hidden = detail === "";
    if (detail) this.input.focus();
  }
}
