import { BOARD_PATH_PREFIX, isBoardName } from "@crosspod/protocol";
import { notFound, servePage } from "@crosspod/service";
import { Router } from "express";

/** Serves the page: at `/` and at `/b/NAME`, whose board the page reads off its own address [W1]. Its files are at the top, whichever of them asks. */
export function boardPage(directory: string): Router {
  const router = Router();
  router.use((request, _response, next) => {
    if (!request.path.startsWith(BOARD_PATH_PREFIX)) return next();
    if (!isBoardName(request.path.slice(BOARD_PATH_PREFIX.length))) return notFound();
    // Not "/": to that the file server would answer with a redirection, because the address does not end so.
    request.url = "/index.html";
    next();
  });
  router.use(servePage(directory));
  return router;
}
