import type { ServerResponse } from "node:http";
import { BOARD_COOKIE, BOARD_PATH_PREFIX, DEFAULT_BOARD, isBoardName, SOCKET_PATH } from "@crosspod/protocol";
import { type Handler, notFound, pageRoutes, type Routes, readOnly, sendFile } from "@crosspod/service";

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

/**
 * Names the board in each request to socket.io, so that a gateway can bring all people of a board to one pod by a hash
 * of it [W13]. The service never reads it. It tells no more than the address, so any cache may keep it with the page.
 */
function setBoardCookie(response: ServerResponse, board: string): void {
  // For socket.io's path only: browsers send it before a cookie of the same name that a gateway makes for `/`, and a
  // gateway takes the first.
  response.setHeader("Set-Cookie", `${BOARD_COOKIE}=${board}; Path=${SOCKET_PATH}; HttpOnly; SameSite=Lax`);
}
