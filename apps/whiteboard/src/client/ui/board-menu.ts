import { copyText, elementById } from "@crosspod/page";
import { boardPath, isBoardName, MAX_BOARD_NAME_LENGTH } from "@crosspod/protocol";
import { newBoardName } from "./readable-name.ts";

/** What one can do with a board as a whole: give others its link, go to another one, make a new one. */
export class BoardMenu {
  readonly #link = elementById("board-link", HTMLInputElement);
  readonly #name = elementById("other-board", HTMLInputElement);
  readonly #error = elementById("other-board-error", HTMLElement);

  constructor(board: string) {
    document.title = `${board} · crosspod whiteboard`;
    elementById("board-name", HTMLElement).textContent = board;
    this.#link.value = new URL(boardPath(board), location.origin).href;
    this.#link.addEventListener("focus", () => this.#link.select());
    const copy = elementById("copy-link", HTMLButtonElement);
    copy.addEventListener("click", () => copyText(this.#link.value, copy, () => this.#selectLink()));
    elementById("new-board", HTMLButtonElement).addEventListener("click", () => goTo(newBoardName()));
    elementById("board-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#open(this.#name.value.trim());
    });
    this.#name.addEventListener("input", () => this.#showError(""));
  }

  #selectLink(): void {
    this.#link.focus();
    this.#link.select();
  }

  #open(board: string): void {
    if (isBoardName(board)) return goTo(board);
    this.#showError(`1 to ${MAX_BOARD_NAME_LENGTH} letters, digits, - and _; the first is a letter or a digit.`);
    this.#name.focus();
  }

  #showError(text: string): void {
    this.#error.textContent = text;
    this.#error.hidden = text === "";
    this.#name.ariaInvalid = `${text !== ""}`;
  }
}

const goTo = (board: string): void => location.assign(boardPath(board));
