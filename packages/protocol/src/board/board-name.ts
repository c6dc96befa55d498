/** The board that `/` shows, and the only one that the original example's client knows [W2]. */
export const DEFAULT_BOARD = "default";

/** Where the other boards are: `/b/NAME`. */
export const BOARD_PATH_PREFIX = "/b/";

/** The cookie by which a browser names its board to a gateway [W13]. */
export const BOARD_COOKIE = "board";

export const MAX_BOARD_NAME_LENGTH = 64;

const BOARD_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

/** 1 to {@link MAX_BOARD_NAME_LENGTH} letters, digits, `-` and `_`; the first is a letter or digit [W2]. */
export const isBoardName = (text: unknown): text is string =>
  typeof text === "string" && text.length <= MAX_BOARD_NAME_LENGTH && BOARD_NAME.test(text);

export const boardPath = (board: string): string => (board === DEFAULT_BOARD ? "/" : `${BOARD_PATH_PREFIX}${board}`);
