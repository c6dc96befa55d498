import { BOARD_PATH_PREFIX, DEFAULT_BOARD, isBoardName } from "@crosspod/protocol";
import { type Handler, notFound, pageRoutes, type Routes, readOnly, sendFile } from "@crosspod/service";
import { setBoardCookie } from "./board-cookie.ts";

/**
 * The page: at `/` and at `/b/NAME`, whose board the page reads off its own address [W1], with the cookie of the board
 * [W13]. Its files are at the top, whichever of them asks.
 */
export function boardRoutes(directory: string): Routes {
  const page = sendFile(directory, "index.html");
  const show =
    (boardOf: (path: string) => string): Handler =>
    (request, response, target) => {
      const board = boardOf(target.path);
      if (!isBoardName(board)) throw notFound();
      setBoardCookie(response, board);
      return page(request, response, target);
    };
  return {
    ...pageRoutes(directory),
    "/": readOnly(show(() => DEFAULT_BOARD)),
    [`${BOARD_PATH_PREFIX}*`]: readOnly(show((path) => path.slice(BOARD_PATH_PREFIX.length))),
  };
}
