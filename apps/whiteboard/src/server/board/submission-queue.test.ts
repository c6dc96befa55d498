import { beforeEach, describe, expect, test } from "vitest";
import { ControlledBoardStore } from "../../../../../test/helpers/board/controlled-board-store.ts";
import { pointText, put } from "../../../../../test/helpers/board/strokes.ts";
import { submission } from "../../../../../test/helpers/board/submission.ts";
import type { Submission } from "../store/board-store.ts";
import { MAX_APPEND_CHARACTERS, MAX_WAITING_CHARACTERS, SubmissionQueue } from "./submission-queue.ts";

const BOARD = "default";
const INTERVAL_MS = 33;

const submit = (client: string, clientSeq = 1): Submission =>
  submission(client, clientSeq, put(`${client}.${clientSeq}`));

/** A submission that counts for about so many characters. */
const long = (client: string, characters: number): Submission =>
  submission(client, 1, { ...put(`${client}.1`), points: pointText(characters / 2) });

describe("what is submitted to a board", () => {
  let store: ControlledBoardStore;
  let events: string[];
  let queue: SubmissionQueue;
  let intervalMs: number;

  const createQueue = (board = BOARD): SubmissionQueue =>
    new SubmissionQueue({
      append: async (submissions) => {
        const appended = await store.append(board, submissions);
        events.push(`${board}: ${appended.count} appended`);
        return appended;
      },
      interval: () => intervalMs,
      idle: () => events.push(`${board}: idle`),
      failed: () => events.push(`${board}: failed`),
    });

  beforeEach(() => {
    store = new ControlledBoardStore();
    events = [];
    intervalMs = 0;
    queue = createQueue();
  });

  test("[W8] the first submission is appended at once, those that come meanwhile together", async () => {
    const submitted = [queue.submit(submit("anna-000"))];
    expect(store.appends).toHaveLength(1);
    for (let clientSeq = 2; clientSeq <= 5; clientSeq += 1) submitted.push(queue.submit(submit("anna-000", clientSeq)));
    expect((await Promise.all(submitted)).map(({ clientSeq }) => clientSeq)).toEqual([1, 2, 3, 4, 5]);
    await queue.running;
    expect(events).toEqual(["default: 1 appended", "default: 4 appended", "default: idle"]);
  });

  test("[W8] between the starts of two appends is the interval, and after it the next is at once again", async () => {
    intervalMs = INTERVAL_MS;
    const startedAt = performance.now();
    await queue.submit(submit("anna-000"));
    await queue.submit(submit("anna-000", 2));
    // A timer may be a millisecond early by this clock.
    expect(performance.now() - startedAt).toBeGreaterThan(INTERVAL_MS - 2);
    await queue.running;
    void queue.submit(submit("anna-000", 3));
    expect(store.appends).toHaveLength(3);
    await queue.running;
  });

  test("[W8] the interval is that of the moment in which an append has ended: none where little is sent", async () => {
    intervalMs = 60_000;
    const release = store.hold(BOARD);
    const submitted = [queue.submit(submit("anna-000")), queue.submit(submit("bert-000"))];
    intervalMs = 0;
    release();
    expect(await Promise.all(submitted)).toHaveLength(2);
  });

  test("[W7] an append waits for the one before it, however long that takes; other boards do not", async () => {
    const release = store.hold(BOARD);
    const first = queue.submit(submit("anna-000"));
    const second = queue.submit(submit("bert-000"));
    await createQueue("other").submit(submit("anna-000"));
    expect(events).toEqual(["other: 1 appended"]);
    expect(store.appends.filter(({ board }) => board === BOARD)).toHaveLength(1);
    release();
    await Promise.all([first, second]);
    await queue.running;
    expect(events.filter((event) => event.startsWith(BOARD))).toEqual([
      "default: 1 appended",
      "default: 1 appended",
      "default: idle",
    ]);
  });

  test("[W6] an append that fails refuses its submissions and those behind it as unavailable; the next may pass", async () => {
    const release = store.hold(BOARD);
    const submitted = [1, 2, 3].map((clientSeq) => queue.submit(submit("anna-000", clientSeq)));
    store.isAway = true;
    release();
    for (const result of await Promise.allSettled(submitted)) {
      expect(result).toMatchObject({ status: "rejected", reason: { code: "unavailable" } });
    }
    await queue.running;
    expect(events).toEqual(["default: failed", "default: idle"]);
    store.isAway = false;
    expect(await queue.submit(submit("anna-000"))).toEqual({ clientSeq: 1, repeats: 0 });
  });

  test("[W6] whatever a store throws is unavailable to who submitted", async () => {
    store.append = async () => {
      throw new TypeError("a mistake");
    };
    await expect(queue.submit(submit("anna-000"))).rejects.toMatchObject({ code: "unavailable" });
    expect(events).toContain("default: failed");
  });

  test("[W6] what a store says nothing of is unavailable to who submitted", async () => {
    const append = store.append.bind(store);
    store.append = async (board, submissions) => ({ ...(await append(board, submissions)), outcomes: [] });
    await expect(queue.submit(submit("anna-000"))).rejects.toMatchObject({ code: "unavailable" });
  });

  test("[W8] what is too much for one append waits for the next, which follows at once", async () => {
    intervalMs = 60_000;
    const release = store.hold(BOARD);
    const [first, second, third] = ["anna-000", "bert-000", "carl-000"].map((client) =>
      queue.submit(long(client, MAX_APPEND_CHARACTERS / 2)),
    );
    release();
    await first;
    const releaseSecond = store.hold(BOARD);
    await expect.poll(() => store.appends).toHaveLength(2);
    intervalMs = 0;
    releaseSecond();
    await Promise.all([second, third]);
    expect(store.appends.map(({ submissions }) => submissions.length)).toEqual([1, 1, 1]);
  });

  test("[W9] when too much waits for one board the next is refused as unavailable, and other boards go on", async () => {
    const release = store.hold(BOARD);
    const first = queue.submit(submit("anna-000"));
    const second = queue.submit(long("bert-000", MAX_WAITING_CHARACTERS - 1_000));
    await expect(queue.submit(long("carl-000", 1_000))).rejects.toMatchObject({ code: "unavailable" });
    expect(await createQueue("other").submit(submit("carl-000"))).toEqual({ clientSeq: 1, repeats: 0 });
    release();
    expect(await first).toMatchObject({ clientSeq: 1 });
    // A board takes fewer points than fit; what was refused for that was asked for all the same.
    expect(await second).toMatchObject({ error: { code: "too-many-points" } });
    expect(await queue.submit(long("carl-000", 1_000))).toEqual({ clientSeq: 1, repeats: 0 });
  });
});
