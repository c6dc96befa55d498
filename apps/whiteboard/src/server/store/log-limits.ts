/** Most operations in a board's log; a client that missed more gets the whole board. */
export const MAX_LOG_OPERATIONS = 5_000;
/** Most characters of operations in it: they bound what a few very long ones take. */
export const MAX_LOG_CHARACTERS = 1024 * 1024;
/** Most clients of a board whose newest number is remembered; one that is forgotten starts again under a new id. */
export const MAX_REMEMBERED_CLIENTS = 10_000;
