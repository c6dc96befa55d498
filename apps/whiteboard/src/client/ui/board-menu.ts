import { copyText, elementById, Field } from "@crosspod/page";
import { boardPath, isBoardName, MAX_BOARD_NAME_LENGTH } from "@crosspod/protocol";
import { newBoardName } from "./readable-name.ts";

/** What one can do with a board as a whole: give others its link, go to another one, make a new one. */
export function bindBoardMenu(board: string): void {
  document.title = `${board} · crosspod whiteboard`;
  elementById("board-name", HTMLElement).textContent = board;
  bindLink(new URL(boardPath(board), location.origin).href);
  elementById("new-board", HTMLButtonElement).addEventListener("click", () => goTo(newBoardName()));
  const other = new Field("other-board");
  elementById("board-form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    const name = other.input.value.trim();
    if (isBoardName(name)) return goTo(name);
    other.showError(`1 to ${MAX_BOARD_NAME_LENGTH} letters, digits, - and _; the first is a letter or a digit.`);
  });
  other.input.addEventListener("input", () => other.showError(""));
}

function bindLink(url: string): void {
  const link = elementById("board-link", HTMLInputElement);
  const copy = elementById("copy-link", HTMLButtonElement);
  link.value = url;
  link.addEventListener("focus", () => link.select());
  const select = (): void => {
    link.focus();
    link.select();
  };
  copy.addEventListener("click", () => copyText(url, copy, select));
}

const goTo = (board: string): void => location.assign(boardPath(board));
