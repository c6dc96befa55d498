import { BOARD_PATH_PREFIX, DEFAULT_BOARD, isBoardName } from "@crosspod/protocol";

/** The board of an address: `/` the default one, `/b/NAME` another; undefined when NAME is no name [W1] [W2]. */
export function boardOfPath(path: string): string | undefined {
  if (!path.startsWith(BOARD_PATH_PREFIX)) return DEFAULT_BOARD;
  const name = path.slice(BOARD_PATH_PREFIX.length).replace(/\/$/, "");
  return isBoardName(name) ? name : undefined;
}
