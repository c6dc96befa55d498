import { BOARD_PATH_PREFIX, DEFAULT_BOARD, isBoardName } from "@crosspod/protocol";
import { notFound, servePage } from "@crosspod/service";
import { Router } from "express";
import { setBoardCookie } from "./board-cookie.ts";

const ANY_PATH = /^/;

/**
 * Serves the page: at `/` and at `/b/NAME`, whose board the page reads off its own address [W1], with the board's
 * cookie [W13]. Its files are at the top, whichever of them asks.
 */
export function boardPage(directory: string): Router {
  const router = Router();
  router.get(ANY_PATH, (request, response, next) => {
    const { path } = request;
    if (path !== "/" && !path.startsWith(BOARD_PATH_PREFIX)) return next();
    const board = path === "/" ? DEFAULT_BOARD : path.slice(BOARD_PATH_PREFIX.length);
    if (!isBoardName(board)) return notFound();
    setBoardCookie(response, board);
    // Not "/": to that the file server would answer with a redirection, because the address of a board does not end so.
    request.url = "/index.html";
    next();
  });
  router.use(servePage(directory));
  return router;
}
