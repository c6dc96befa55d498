import { countEntries, encodeEntry, itemId } from "@crosspod/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BoardPod, BoardViewer } from "../../../../../test/helpers/board/board-pod.ts";
import { ControlledBoardStore } from "../../../../../test/helpers/board/controlled-board-store.ts";
import { put } from "../../../../../test/helpers/board/strokes.ts";
import { submission } from "../../../../../test/helpers/board/submission.ts";
import type { BoardBatch } from "../store/board-store.ts";
import { MemoryBoardStore } from "../store/memory-board-store.ts";
import { LONGEST_INTERVAL_MS } from "./append-pace.ts";
import type { OpenBoard } from "./open-board.ts";

const BOARD = "default";
const ANNA = "anna-000";
const VIEWERS = 50;

const entryOf = (clientSeq: number): string =>
  encodeEntry(ANNA, clientSeq, `p${clientSeq.toString(36)},000000,w,,oGoGoGkD`);

let store: ControlledBoardStore;
let pod: BoardPod;

beforeEach(() => {
  store = new ControlledBoardStore();
  pod = new BoardPod(store);
});

afterEach(() => {
  expect(pod.errors).toEqual([]);
});

const open = async (count: number): Promise<BoardViewer[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => new BoardViewer(pod, `viewer-${index}`).join()));

/** Another pod appends. */
const append = (clientSeq: number) =>
  store.inner.append(BOARD, [submission(ANNA, clientSeq, put(itemId(ANNA, clientSeq)))]);

/** What the pod sends from now on: of each message its event and what goes with it. */
const listen = (): ((event: string) => unknown[]) => {
  const broadcast = vi.spyOn(pod.io.of("/").adapter, "broadcast");
  return (event) => broadcast.mock.calls.flatMap(([{ data }]) => (data[0] === event ? [data[1]] : []));
};

/** All have these operations, one after the other. */
const expectAll = async (viewers: readonly BoardViewer[], count: number): Promise<void> => {
  const numbers = Array.from({ length: count }, (_, index) => entryOf(index + 1));
  const seen = (viewer: BoardViewer) => viewer.entries.map((entry) => entry.replace(/@.*$/, ""));
  await expect.poll(() => viewers.filter(({ entries }) => entries.length < count).length, { interval: 1 }).toBe(0);
  for (const viewer of viewers) expect(seen(viewer)).toEqual(numbers);
};

describe("an open board with many viewers", () => {
  test("[W10] a message that is lost costs one read of the store, and all get what they missed, in order", async () => {
    const viewers = await open(VIEWERS);
    const { reads } = store;
    await append(1);
    store.isPublishing = false;
    await append(2);
    await append(3);
    store.isPublishing = true;
    await append(4);
    await expectAll(viewers, 4);
    expect(store.reads).toBe(reads + 1);
    expect(await pod.logReads()).toEqual({ gap: 1 });
  });

  test("[W10] a last message that is lost is found at once where this pod appended it", async () => {
    const viewers = await open(VIEWERS);
    const { reads } = store;
    store.isPublishing = false;
    expect(await viewers[0]!.board.submit(submission(ANNA, 1, put(`${ANNA}.1`)))).toMatchObject({ clientSeq: 1 });
    await expectAll(viewers, 1);
    expect(store.reads).toBe(reads + 1);
    expect(await pod.logReads()).toEqual({ "lost-last": 1 });
  });

  test("[W10] a last message that is lost is found by the next head", async () => {
    pod = new BoardPod(store, 0.1);
    const viewers = await open(VIEWERS);
    store.isPublishing = false;
    await append(1);
    await expectAll(viewers, 1);
    expect(await pod.logReads()).toEqual({ "lost-last": 1 });
    for (const viewer of viewers) viewer.leave();
  });

  test("[W10] what was lost while the pod was not subscribed is read as soon as it is again", async () => {
    const viewers = await open(VIEWERS);
    store.isPublishing = false;
    await append(1);
    store.resubscribe();
    await expectAll(viewers, 1);
    expect(await pod.logReads()).toEqual({ resubscribed: 1 });
  });

  test("[W7] a message that comes twice or late changes nothing", async () => {
    const viewers = await open(VIEWERS);
    const batches: BoardBatch[] = [];
    store.subscribe(BOARD, { batch: (batch) => batches.push(batch), subscribed: () => {} });
    for (let clientSeq = 1; clientSeq <= 5; clientSeq += 1) await append(clientSeq);
    for (const batch of batches.toReversed()) store.publish(BOARD, batch);
    await append(6);
    await expectAll(viewers, 6);
    expect(await pod.logReads()).toEqual({});
  });

  test.each([
    { what: "another epoch", cause: "new-epoch", show: () => append(1) },
    {
      what: "another history of the epoch",
      cause: "fork",
      show: async ({ position }: BoardViewer) => {
        await append(1);
        const other = { ...position, token: "othr", firstSeq: 1, previous: "none", text: `${entryOf(1)}@othr` };
        store.publish(BOARD, other);
      },
    },
  ])("[W10] when a message is of $what all join again, and have the board", async ({ cause, show }) => {
    const viewers = await open(VIEWERS);
    for (let clientSeq = 1; clientSeq <= 3; clientSeq += 1) await append(clientSeq);
    const { position } = viewers[0]!;
    store.isPublishing = cause !== "fork";
    store.inner = new MemoryBoardStore({ maxBoards: 100 });
    await show(viewers[0]!);
    await expect.poll(() => viewers.filter(({ joins, answer }) => joins === 2 && answer).length).toBe(VIEWERS);
    const head = await store.head(BOARD);
    expect(head.epoch).not.toBe(position.epoch);
    for (const viewer of viewers) {
      expect(viewer.position).toMatchObject(head);
      expect(viewer.answer?.history.items).toBeDefined();
    }
    expect(await pod.logReads()).toEqual({ [cause]: 1 });
    // The board before it and this one.
    expect(store.snapshots).toBe(2);
  });
});

describe("who joins an open board", () => {
  test("[W10] many who join at once cost one whole board, and one look at where it is", async () => {
    await append(1);
    const viewers = await open(VIEWERS);
    expect([store.snapshots, store.reads]).toEqual([1, 1]);
    await append(2);
    for (const { answer } of await open(VIEWERS)) expect(answer?.history).toMatchObject({ seq: 2 });
    expect([store.snapshots, store.reads]).toEqual([1, 1]);
    for (const { entries } of viewers) expect(entries).toHaveLength(1);
  });

  test("[W10] one that comes back gets the operations from the pod's memory", async () => {
    const [viewer] = await open(1);
    await append(1);
    const known = viewer!.position;
    for (let clientSeq = 2; clientSeq <= 9; clientSeq += 1) await append(clientSeq);
    const join = vi.spyOn(store, "join");
    const { answer } = await new BoardViewer(pod, "another").join({ clients: [ANNA], known });
    expect(countEntries(answer!.history.operations)).toBe(8);
    expect([answer?.history.items, answer?.clientSeqs, store.snapshots]).toEqual([undefined, [9], 1]);
    expect(join).toHaveBeenCalledExactlyOnceWith(BOARD, [ANNA], undefined, viewer!.position);
  });

  test("[W10] one that comes back to a pod that does not know its position gets them from the store's log", async () => {
    const { position: known } = await append(1);
    for (let clientSeq = 2; clientSeq <= 9; clientSeq += 1) await append(clientSeq);
    const { answer, board } = await new BoardViewer(pod, "another").join({ clients: [ANNA], known });
    expect(countEntries(answer!.history.operations)).toBe(8);
    expect([answer?.history.items, answer?.clientSeqs, store.snapshots]).toEqual([undefined, [9], 0]);
    expect(board.snapshotSize).toBe(0);
  });

  test("[W10] one that knows what nobody knows gets the whole board", async () => {
    const { position } = await append(1);
    for (const known of [
      { ...position, token: "othr" },
      { ...position, seq: 7 },
      { ...position, epoch: "other" },
    ]) {
      const { answer } = await new BoardViewer(pod, known.token).join({ clients: [ANNA], known });
      expect(answer).toMatchObject({ history: { ...position, items: expect.any(String) }, clientSeqs: [1] });
    }
    expect(store.snapshots).toBe(1);
  });

  test("[W10] what is appended while the answer is put together is part of it, or follows it", async () => {
    await append(1);
    const proceed = store.pause("snapshot");
    const viewer = new BoardViewer(pod, "viewer");
    const joining = viewer.join({ clients: [ANNA] });
    await expect.poll(() => store.reads).toBe(1);
    await append(2);
    proceed();
    await joining;
    await append(3);
    expect(viewer.answer?.clientSeqs).toEqual([viewer.answer?.history.seq]);
    expect(viewer.position.seq).toBe(3);
  });

  test("[W9] of the whole boards in memory the one that was not used for longest is forgotten when they are too large", async () => {
    const items = "x".repeat(7 * 1024 * 1024);
    vi.spyOn(store, "snapshot").mockImplementation(async (name) => ({ position: await store.head(name), items }));
    const join = async (name: string): Promise<OpenBoard> => {
      const board = pod.boards.get(name);
      await board.join({ id: name }, { clients: [] }, () => {});
      return board;
    };
    const [one, two] = [await join("one"), await join("two")];
    await join("one");
    await two.join({ id: "who knows it" }, { clients: [], known: await store.head("two") }, () => {});
    const three = await join("three");
    expect([one, two, three].map(({ snapshotSize }) => snapshotSize)).toEqual([items.length, 0, items.length]);
  });
});

describe("an open board, every few seconds,", () => {
  const HEAD_SECONDS = 3;
  let sent: (event: string) => unknown[];

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
    pod = new BoardPod(store, HEAD_SECONDS);
    sent = listen();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1_000);

  test("[W10] says how far it is, until the last has left", async () => {
    const [viewer] = await open(1);
    await append(1);
    const { epoch } = viewer!.position;
    const { heads } = store;
    await pass(2 * HEAD_SECONDS);
    expect(sent("head")).toEqual(Array(2).fill({ epoch, seq: 1 }));
    expect(store.heads).toBe(heads + 2);
    const proceed = store.pause("head");
    await pass(HEAD_SECONDS);
    viewer!.leave();
    proceed();
    await pass(2 * HEAD_SECONDS);
    expect(sent("head")).toHaveLength(2);
  });

  test("[W10] says nothing, and asks nothing, while it does not know where it is", async () => {
    const proceed = store.pause("read");
    const joining = open(1);
    await pass(HEAD_SECONDS);
    expect([sent("head"), store.heads]).toEqual([[], 0]);
    proceed();
    const [viewer] = await joining;
    viewer!.leave();
  });

  test("[W10] says again how far it is while the store is slow, which is asked once", async () => {
    const [viewer] = await open(1);
    const { heads } = store;
    for (let round = 1; round <= 2; round += 1) {
      const proceed = store.pause("head");
      await pass(3 * HEAD_SECONDS);
      expect([sent("head").length, store.heads]).toEqual([3 * round - 1, heads + round]);
      proceed();
      await pass(0);
      expect(sent("head")).toHaveLength(3 * round);
    }
    viewer!.leave();
  });

  test("[W10] says how far it is while the store is away, and tells only of an error that is not the store's", async () => {
    const [viewer] = await open(1);
    store.isAway = true;
    await pass(HEAD_SECONDS);
    expect([sent("head").length, pod.errors]).toEqual([1, []]);
    const bug = new TypeError("a bug");
    vi.spyOn(store, "head").mockRejectedValueOnce(bug);
    await pass(HEAD_SECONDS);
    expect([sent("head").length, pod.errors.splice(0)]).toEqual([2, [bug]]);
    viewer!.leave();
  });

  test("[W11] says who is here; at once who came, where they point, and that they left", async () => {
    const [anna, bert] = await open(2);
    anna!.board.introduce(anna!, "Anna");
    const people = { pod: "pod-a", people: [{ id: anna!.id, name: "Anna" }] };
    expect([sent("people"), anna!.board.people]).toEqual([[people], people]);
    await pass(5);
    expect(sent("people")).toEqual([people, people]);
    anna!.board.moveCursor(anna!, { x: 1, y: 2 });
    await pass(1);
    bert!.leave();
    anna!.leave();
    expect(sent("c")).toEqual([`${anna!.id} 1 2`, anna!.id]);
    expect(sent("people").at(-1)).toEqual({ pod: "pod-a", people: [] });
  });

  test("[W11] says once that nobody is left, and then nothing", async () => {
    const [viewer] = await open(1);
    const { heads } = store;
    viewer!.leave();
    viewer!.leave();
    await pass(10);
    expect([sent("people").length, store.heads]).toEqual([1, heads + 1]);
  });
});

describe("appends of an open board", () => {
  const submit = ({ board }: BoardViewer, clientSeq: number) =>
    board.submit(submission(ANNA, clientSeq, put(itemId(ANNA, clientSeq))));

  test("[W8] wait for each other where many look on", async () => {
    const [viewer] = await open(VIEWERS);
    const startedAt = performance.now();
    for (let clientSeq = 1; clientSeq <= 6; clientSeq += 1) await submit(viewer!, clientSeq);
    expect(performance.now() - startedAt).toBeGreaterThan(3 * LONGEST_INTERVAL_MS);
  });

  test("[A1] are timed, in seconds, and tell when they fail", async () => {
    const [viewer] = await open(1);
    const startedAt = performance.now();
    await submit(viewer!, 1);
    const { values } = await pod.metrics.appendSeconds.get();
    const sum = values.find(({ metricName }) => metricName?.endsWith("_sum"))?.value;
    expect(sum).toBeGreaterThan(0);
    expect(sum).toBeLessThan((performance.now() - startedAt) / 1_000);
    store.isAway = true;
    await expect(submit(viewer!, 2)).rejects.toMatchObject({ code: "unavailable" });
    expect(pod.failedAppends).toEqual([BOARD]);
  });

  test("[W7] reach a member that is sent them by its socket alone, and the store is told of no error", async () => {
    await pod.boards.get(BOARD).join({ id: "a socket" }, { clients: [] }, () => {});
    const [viewer] = await open(1);
    expect(await submit(viewer!, 1)).toEqual({ clientSeq: 1, repeats: 0 });
    await expectAll([viewer!], 1);
  });

  test("[A3] are waited for by who asks whether all is stored", async () => {
    const [viewer] = await open(1);
    expect(viewer!.board.idle).toBeUndefined();
    const release = store.hold(BOARD);
    const submitted = submit(viewer!, 1);
    const { idle } = viewer!.board;
    expect(await Promise.race([idle, "waiting"])).toBe("waiting");
    release();
    await idle;
    expect(await submitted).toMatchObject({ clientSeq: 1 });
  });
});

describe("an open board that everyone leaves", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  });

  afterEach(() => {
    expect([pod.boards.size, store.listeners, vi.getTimerCount()]).toEqual([0, 0, 0]);
    vi.useRealTimers();
  });

  test("[W10] ends with its last viewer", async () => {
    const viewers = await open(3);
    viewers[0]!.board.introduce(viewers[0]!, "Anna");
    viewers[0]!.board.moveCursor(viewers[0]!, { x: 1, y: 1 });
    expect([pod.boards.size, store.listeners]).toEqual([1, 1]);
    for (const viewer of viewers) viewer.leave();
  });

  test("[W6] ends when all that was submitted is stored, though nobody waits for it", async () => {
    const [viewer] = await open(1);
    const release = store.hold(BOARD);
    const submitted = viewer!.board.submit(submission(ANNA, 1, put(`${ANNA}.1`)));
    viewer!.leave();
    expect(pod.boards.size).toBe(1);
    release();
    expect(await submitted).toMatchObject({ clientSeq: 1 });
    await viewer!.board.idle;
  });

  test("[W6] goes on for one who joins while something waits to be stored", async () => {
    const [viewer] = await open(1);
    const release = store.hold(BOARD);
    const submitted = viewer!.board.submit(submission(ANNA, 1, put(`${ANNA}.1`)));
    viewer!.leave();
    const [another] = await open(1);
    expect(another!.board).toBe(viewer!.board);
    release();
    await submitted;
    await viewer!.board.idle;
    expect([pod.boards.size, another!.position.seq]).toEqual([1, 1]);
    another!.leave();
  });

  test("[W10] ends when nobody's join came through", async () => {
    store.isAway = true;
    const viewers = [new BoardViewer(pod, "one"), new BoardViewer(pod, "two")];
    for (const joined of await Promise.allSettled(viewers.map((viewer) => viewer.join()))) {
      expect(joined).toMatchObject({ status: "rejected", reason: { code: "unavailable" } });
    }
    for (const viewer of viewers) viewer.leave();
  });

  test("[W9] ends when the store has no room for it", async () => {
    store.inner = new MemoryBoardStore({ maxBoards: 1 });
    await store.inner.head("other");
    const viewer = new BoardViewer(pod, "one");
    await expect(viewer.join()).rejects.toMatchObject({ code: "too-many-boards" });
    viewer.leave();
  });

  test.each(["read", "join", "snapshot"] as const)(
    "[W10] ends though a %s of the store is under way, and begins anew for who joins then",
    async (what) => {
      const proceed = store.pause(what);
      const viewer = new BoardViewer(pod, "one");
      const joining = viewer.join();
      await Promise.resolve();
      viewer.leave();
      expect(pod.boards.size).toBe(0);
      const another = new BoardViewer(pod, "two");
      const joiningAnother = another.join();
      proceed();
      await Promise.all([joining, joiningAnother]);
      expect(another.board).not.toBe(viewer.board);
      await append(1);
      expect([viewer.position.seq, another.position.seq]).toEqual([0, 1]);
      another.leave();
    },
  );

  test("[W7] hands on nothing more of what it reads late: who joined meanwhile was told", async () => {
    const broadcast = vi.spyOn(pod.fanOut, "broadcastLocally");
    const [viewer] = await open(1);
    const proceed = store.pause("read");
    store.isPublishing = false;
    await append(1);
    store.isPublishing = true;
    await append(2);
    viewer!.leave();
    const another = new BoardViewer(pod, "two");
    const joining = another.join();
    proceed();
    await joining;
    expect(another.position.seq).toBe(2);
    expect(broadcast).not.toHaveBeenCalled();
    another.leave();
  });
});
