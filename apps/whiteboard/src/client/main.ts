import { elementById } from "@crosspod/page";
import { boardOfPath } from "./board-address.ts";
import { openBoard } from "./open-board.ts";

const board = boardOfPath(location.pathname);
if (board) openBoard(board);
else elementById("loading", HTMLElement).textContent = "There is no board of this name.";
