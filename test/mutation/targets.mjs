/** The files whose mutants the tests have to notice, and the suites that do: all of a file's run for each mutant. */
/** @type {Readonly<Record<string, readonly string[]>>} */
export const targets = {
  "apps/broadcaster/src/server/feed/hub.ts": ["apps/broadcaster/src/server/feed/*.test.ts"],
  "packages/redis/src/log-follower.ts": ["packages/redis/src/log-follower.test.ts"],
  "apps/whiteboard/src/server/board/open-board.ts": ["apps/whiteboard/src/server/board/*.test.ts"],
  "packages/client/src/document/board-document.ts": [
    "packages/client/src/{document,board,connection}/*.test.ts",
    "test/fuzz/*.test.ts",
  ],
  "packages/client/src/document/optimistic-view.ts": [
    "packages/client/src/{document,board,connection}/*.test.ts",
    "test/fuzz/*.test.ts",
  ],
  "packages/protocol/src/board/board-items.ts": [
    "packages/protocol/src/board/*.test.ts",
    "packages/client/src/document/*.test.ts",
    "test/contract/memory-board-store.test.ts",
  ],
  "apps/whiteboard/src/server/store/item-limits.ts": ["test/contract/memory-board-store.test.ts"],
  "apps/whiteboard/src/server/board/message-arguments.ts": ["apps/whiteboard/src/server/{good,bad}-events.test.ts"],
  "apps/whiteboard/src/server/transport/token-bucket.ts": [
    "apps/whiteboard/src/server/transport/{token,flood}*.test.ts",
  ],
};

/** Least share of a file's mutants that the tests notice. */
export const LEAST_SCORE = 0.85;
