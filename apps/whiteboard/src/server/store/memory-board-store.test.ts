import { beforeEach, describe, expect, test } from "vitest";
import { submission } from "../../../../../test/helpers/board/submission.ts";
import type { BoardStoreError } from "./board-store.ts";
import { MemoryBoardStore, UNUSED_MS } from "./memory-board-store.ts";

const PUT = { type: "put", id: "anna-000.1", color: "000000", width: 32, pressure: false, points: "AA" } as const;
const put = [submission("anna-000", 1, PUT)];

describe("boards of a store in memory", () => {
  let now = 0;
  let store: MemoryBoardStore;

  beforeEach(() => {
    now = 0;
    store = new MemoryBoardStore({ maxBoards: 2, now: () => now });
  });

  const refusal = (board: string): Promise<BoardStoreError | undefined> =>
    store.head(board).then(
      () => undefined,
      (error) => error,
    );

  test("[W9] one board too many is refused, with the limit; those that are there go on", async () => {
    await store.append("one", put);
    await store.append("two", put);
    now = 2 * UNUSED_MS;
    expect(await refusal("three")).toMatchObject({ code: "too-many-boards", limit: 2 });
    expect(await store.head("one")).toMatchObject({ seq: 1 });
  });

  test("[W9] an empty board that nobody used for long makes room for a new one", async () => {
    await store.append("drawn", put);
    const { epoch } = await store.head("empty");
    now = UNUSED_MS + 1;
    expect(await refusal("three")).toBeUndefined();
    expect(await refusal("four")).toMatchObject({ code: "too-many-boards" });
    expect(await store.head("drawn")).toMatchObject({ seq: 1 });
    now += UNUSED_MS + 1;
    expect(await store.head("empty")).not.toMatchObject({ epoch });
  });

  test("[W9] an empty board that is in use is kept", async () => {
    await store.head("one");
    await store.head("two");
    now = UNUSED_MS - 1;
    await store.head("one");
    now = UNUSED_MS + 1;
    await store.head("two");
    expect(await refusal("three")).toMatchObject({ code: "too-many-boards" });
  });

  test("[W9] an empty board that somebody follows is kept", async () => {
    const unsubscribe = store.subscribe("one", { subscribed: () => {}, batch: () => {} });
    await store.head("two");
    now = UNUSED_MS + 1;
    await store.head("two");
    expect(await refusal("three")).toMatchObject({ code: "too-many-boards" });
    unsubscribe();
    expect(await refusal("three")).toBeUndefined();
  });

  test("[W10] each board of each store has an epoch of its own", async () => {
    const other = new MemoryBoardStore({ maxBoards: 2 });
    const heads = await Promise.all([store.head("one"), store.head("two"), other.head("one")]);
    expect(new Set(heads.map(({ epoch }) => epoch)).size).toBe(3);
  });

  test("[W9] a few very long operations take no more of the log than its characters", async () => {
    const short = new MemoryBoardStore({ maxBoards: 1, logCharacters: 10 });
    const long = { ...PUT, points: "AA".repeat(6) };
    const before = await short.append("one", [submission("anna-000", 1, PUT, PUT)]);
    const after = await short.append("one", [submission("anna-000", 3, long)]);
    expect((await short.join("one", [], before.position)).operations).toBeUndefined();
    expect((await short.join("one", [], after.position)).operations).toBe("");
  });
});
