import { describe, expect, test } from "vitest";
import { SteeredBoardStore } from "../../../../test/helpers/steered-board-store.ts";
import { put } from "../../../../test/helpers/strokes.ts";
import type { Commit, Submission } from "./board-store.ts";
import { COMMIT_INTERVAL_MS, MAX_COMMIT_CHARACTERS, MAX_WAITING_CHARACTERS } from "./commit-queue.ts";
import { Committer } from "./committer.ts";

const BOARD = "default";

const submission = (client: string, firstN = 1): Submission => ({
  client,
  firstN,
  operations: [put(`${client}.${firstN}`)],
});

function createCommitter() {
  const store = new SteeredBoardStore();
  const events: string[] = [];
  const committer = new Committer(store, {
    committed: (board, { committed }: Commit) => events.push(`${board}: ${committed.length} committed`),
    failed: (board) => events.push(`${board}: failed`),
  });
  return { store, events, committer };
}

describe("commits of a board", () => {
  test("[W8] the first submission is committed at once, those that come meanwhile together", async () => {
    const { store, events, committer } = createCommitter();
    const submitted = [committer.submit(BOARD, submission("anna-000"), 10)];
    expect(store.commits).toHaveLength(1);
    for (let n = 2; n <= 5; n += 1) submitted.push(committer.submit(BOARD, submission("anna-000", n), 10));
    expect((await Promise.all(submitted)).map(({ n }) => n)).toEqual([1, 2, 3, 4, 5]);
    expect(events).toEqual(["default: 1 committed", "default: 4 committed"]);
  });

  test("[W8] between the starts of two commits is an interval, and after it the next is at once again", async () => {
    const { store, committer } = createCommitter();
    const startedAt = performance.now();
    await committer.submit(BOARD, submission("anna-000"), 10);
    await committer.submit(BOARD, submission("anna-000", 2), 10);
    // A timer may be a millisecond early by this clock.
    expect(performance.now() - startedAt).toBeGreaterThan(COMMIT_INTERVAL_MS - 2);
    await committer.idle();
    void committer.submit(BOARD, submission("anna-000", 3), 10);
    expect(store.commits).toHaveLength(3);
    await committer.idle();
  });

  test("[W7] a commit waits for the one before it, however long that takes", async () => {
    const { store, events, committer } = createCommitter();
    const release = store.hold(BOARD);
    const first = committer.submit(BOARD, submission("anna-000"), 10);
    const second = committer.submit(BOARD, submission("bert-000"), 10);
    await committer.submit("other", submission("anna-000"), 10);
    expect(events).toEqual(["other: 1 committed"]);
    expect(store.commits.filter(({ board }) => board === BOARD)).toHaveLength(1);
    release();
    await Promise.all([first, second]);
    expect(events.slice(1)).toEqual(["default: 1 committed", "default: 1 committed"]);
  });

  test("[W6] a commit that fails refuses its submissions and those behind it as unavailable; the next may pass", async () => {
    const { store, events, committer } = createCommitter();
    const release = store.hold(BOARD);
    const submitted = [1, 2, 3].map((n) => committer.submit(BOARD, submission("anna-000", n), 10));
    store.isAway = true;
    release();
    for (const result of await Promise.allSettled(submitted)) {
      expect(result).toMatchObject({ status: "rejected", reason: { code: "unavailable" } });
    }
    expect(events).toEqual(["default: failed"]);
    store.isAway = false;
    expect(await committer.submit(BOARD, submission("anna-000"), 10)).toEqual({ n: 1, repeats: 0 });
  });

  test("[W6] whatever a store throws is unavailable to who submitted", async () => {
    const { store, committer } = createCommitter();
    store.commit = async () => {
      throw new TypeError("a mistake");
    };
    const submitted = committer.submit(BOARD, submission("anna-000"), 10);
    await expect(submitted).rejects.toMatchObject({ code: "unavailable" });
  });

  test("[W8] what is too much for one commit waits for the next, which follows at once", async () => {
    const { events, committer, store } = createCommitter();
    const release = store.hold(BOARD);
    const first = committer.submit(BOARD, submission("anna-000"), 10);
    const long = ["bert-000", "carl-000", "dora-000"].map((client) =>
      committer.submit(BOARD, submission(client), MAX_COMMIT_CHARACTERS / 2),
    );
    release();
    await Promise.all([first, ...long]);
    expect(events).toEqual(Array.from({ length: 4 }, () => "default: 1 committed"));
  });

  test("[W9] when too much waits for one board the next is refused as unavailable, and other boards go on", async () => {
    const { committer, store } = createCommitter();
    const release = store.hold(BOARD);
    const first = committer.submit(BOARD, submission("anna-000"), 10);
    const second = committer.submit(BOARD, submission("bert-000"), MAX_WAITING_CHARACTERS - 1_000);
    const tooMuch = committer.submit(BOARD, submission("carl-000"), 1_000);
    await expect(tooMuch).rejects.toMatchObject({ code: "unavailable" });
    expect(await committer.submit("other", submission("carl-000"), 1_000)).toEqual({ n: 1, repeats: 0 });
    release();
    expect((await Promise.all([first, second])).map(({ n }) => n)).toEqual([1, 1]);
    expect(await committer.submit(BOARD, submission("carl-000"), 1_000)).toEqual({ n: 1, repeats: 0 });
  });
});
