import type { ServerResponse } from "node:http";
import { BOARD_COOKIE, SOCKET_PATH } from "@crosspod/protocol";

/**
 * Names the board in each request to socket.io, so that a gateway can bring all people of a board to one pod by a hash
 * of it [W13]. The service never reads it. It tells no more than the address, so any cache may keep it with the page.
 */
export function setBoardCookie(response: ServerResponse, board: string): void {
  // For socket.io's path only: browsers send it before a cookie of the same name that a gateway makes for `/`, and a
  // gateway takes the first.
  response.setHeader("Set-Cookie", `${BOARD_COOKIE}=${board}; Path=${SOCKET_PATH}; HttpOnly; SameSite=Lax`);
}
