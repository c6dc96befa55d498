/**
 * What no test has to notice, and why: by the end of a file's path, the changes as the report has them.
 * @type {readonly { readonly reason: string, readonly changes: Readonly<Record<string, readonly string[]>> }[]}
 */
export const survivors = [
  {
    reason: "It does the same: what is written is for the reader, or for the compiler.",
    changes: {
      "hub.ts": ['"" -> "Stryker was here!"', "pending.length === 1 -> false"],
      "log-follower.ts": [
        '[] -> ["Stryker was here"]',
        "batch.seq <= seq -> batch.seq < seq",
        "oldest !== undefined -> true",
      ],
      "message-arguments.ts": [
        "protocol > BOARD_PROTOCOL -> protocol >= BOARD_PROTOCOL",
        'typeof json === "number" -> true',
        '"string" -> ""',
      ],
      "board-items.ts": ["a.id < b.id -> a.id <= b.id"],
      "item-limits.ts": [
        '"remove" -> ""',
        '"clear" -> ""',
        'case "clear": return undefined; -> case "clear":',
        '[] -> ["Stryker was here"]',
      ],
      "board-document.ts": ['[] -> ["Stryker was here"]', "last -> true"],
      "optimistic-view.ts": [
        "(z: number): boolean => z >= PENDING_Z -> () => undefined",
        "this.#pending.has(pending) -> false",
        '[] -> ["Stryker was here"]',
        "before.z === after.z && before.points === after.points -> false",
      ],
    },
  },
  {
    reason: "It costs time or memory, or a read of the store, and nobody gets anything else.",
    changes: {
      "log-follower.ts": ["this.#waitingEntries <= MAX_WAITING_ENTRIES -> true"],
      "optimistic-view.ts": [
        "ofItem?.size === 0 -> false",
        "before.z !== after.z -> true",
        "before.z === after.z -> false",
        "z >= low -> z > low",
        "z <= high -> z < high",
      ],
      "whiteboard/src/server/store/lua/prelude.lua": ["each use writes"],
      "whiteboard/src/server/store/lua/read.lua": ["each read is of the whole board"],
    },
  },
  {
    reason: "The bound is not promised to be exact by one byte, one character or one millisecond.",
    changes: {
      "hub.ts": [
        "this.#pendingBytes >= MAX_FLUSH_BYTES -> this.#pendingBytes > MAX_FLUSH_BYTES",
        "fullSince < time -> fullSince <= time",
      ],
      "whiteboard/src/server/store/lua/append.lua": [
        "each append counts fewer characters than it logs",
        "the log has one character less",
      ],
    },
  },
  {
    reason: "The text is in the reference of the metrics, which test/docs/reference.test.ts holds to the code.",
    changes: {
      "log-follower.ts": [
        '[ "`start`: at its start", "`gap`, `lost-last`, `resubscrib… -> []',
        '"`start`: at its start" -> ""',
        '"`gap`, `lost-last`, `resubscribed`: this pod missed messag… -> ""',
        '"`unknown`: a message is of a time that is not remembered" -> ""',
        '"`fork`: the store fell back, and went another way" -> ""',
        '"`new-epoch`: the store has other data" -> ""',
        '". " -> ""',
      ],
    },
  },
  {
    reason: "What it throws is dropped with the errors of that read, and the board is followed on.",
    changes: { "open-board.ts": ["member.diverged?.() -> member.diverged()"] },
  },
  {
    reason: "Whether repeats keep a client remembered is not promised.",
    changes: {
      "whiteboard/src/server/store/lua/append.lua": ["a client that sent only repeats is as recent as one that drew"],
    },
  },
  {
    reason: "It guards against a count that another version may have left.",
    changes: { "whiteboard/src/server/store/lua/append.lua": ["an append that is longer than the log fails"] },
  },
];
