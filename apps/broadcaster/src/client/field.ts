import { elementById } from "@crosspod/page";

/** A text field of the form with the error below it. */
export class Field {
  readonly #input: HTMLInputElement;
  readonly #error: HTMLElement;

  /** @param id of the input; its error has the same with `-error`. */
  constructor(id: string) {
    this.#input = elementById(id, HTMLInputElement);
    this.#error = elementById(`${id}-error`, HTMLElement);
  }

  get value(): string {
    return this.#input.value;
  }

  set value(text: string) {
    this.#input.value = text;
  }

  showError(detail: string): void {
    this.#input.setAttribute("aria-invalid", "true");
    this.#error.textContent = detail;
    this.#error.hidden = false;
    this.#input.focus();
  }

  clearError(): void {
    this.#input.removeAttribute("aria-invalid");
    this.#error.textContent = "";
    this.#error.hidden = true;
  }

  /** Readies a field that a person is in for the next text. */
  selectIfFocused(): void {
    if (document.activeElement === this.#input) this.#input.select();
  }
}
