import { entryNumbers, itemId, type Position } from "@crosspod/protocol";
import { describe, expect, test } from "vitest";
import { Random } from "../../../../../test/fuzz/random.ts";
import { BoardPod, BoardViewer } from "../../../../../test/helpers/board/board-pod.ts";
import { JitteryBoardStore } from "../../../../../test/helpers/board/jittery-board-store.ts";
import { put } from "../../../../../test/helpers/board/strokes.ts";
import { submission } from "../../../../../test/helpers/board/submission.ts";
import { MemoryBoardStore } from "../store/memory-board-store.ts";
import type { OpenBoard } from "./open-board.ts";

const BOARD = "default";
const CLIENTS = ["client-0", "client-1", "client-2", "client-3"];
const ROUNDS = 40;
const JOINS_PER_ROUND = 5;

interface Joined {
  readonly viewer: BoardViewer;
  readonly clients: readonly string[];
  readonly clientSeqs: readonly number[];
  /** Before the first of its entries. */
  readonly start: number;
  readonly seq: number;
}

/** Hundreds who join while everybody draws. */
class Storm {
  readonly inner = new MemoryBoardStore({ maxBoards: 1, logOperations: 100_000 });
  readonly joins: Joined[] = [];
  readonly #random: Random;
  readonly #pod: BoardPod;
  readonly #clientSeqs = new Map<string, number>();
  readonly #known: Position[] = [];

  constructor(seed: number, lossShare: number) {
    this.#random = new Random(seed);
    this.#pod = new BoardPod(new JitteryBoardStore(this.inner, this.#random, lossShare), 0.05);
  }

  /** Resolves when all have the whole log. */
  async run(): Promise<void> {
    const beginning = await this.inner.head(BOARD);
    this.#known.push(beginning);
    const first = new BoardViewer(this.#pod, "first");
    await first.join();
    const running: Promise<unknown>[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const client of CLIENTS) if (this.#random.chance(0.7)) running.push(this.#draw(first.board, client));
      for (let count = 0; count < JOINS_PER_ROUND; count += 1) running.push(this.#join(`viewer-${round}-${count}`));
      for (let turns = this.#random.whole(0, 20); turns > 0; turns -= 1) await Promise.resolve();
    }
    await Promise.all(running);
    const { seq } = await this.inner.head(BOARD);
    await expect.poll(() => this.joins.filter(({ viewer }) => viewer.position.seq < seq).length).toBe(0);
    expect(this.#pod.errors).toEqual([]);
    for (const { viewer } of this.joins) viewer.leave();
    first.leave();
    await expect.poll(() => this.#pod.boards.size).toBe(0);
  }

  /** By this pod, or by another one. */
  async #draw(board: OpenBoard, client: string): Promise<void> {
    const clientSeq = (this.#clientSeqs.get(client) ?? 0) + 1;
    this.#clientSeqs.set(client, clientSeq);
    const drawn = submission(client, clientSeq, put(itemId(client, clientSeq)));
    // A client sends through one pod at a time, or its numbers could overtake each other.
    if (client === CLIENTS[0]) await this.inner.append(BOARD, [drawn]);
    else expect(await board.submit(drawn)).toMatchObject({ clientSeq: expect.any(Number) });
  }

  async #join(id: string): Promise<void> {
    const viewer = new BoardViewer(this.#pod, id);
    const clients = CLIENTS.filter(() => this.#random.chance(0.5));
    const known = this.#random.chance(0.5) ? this.#random.pick(this.#known) : undefined;
    await viewer.join({ clients, ...(known && { known }) });
    const { history, clientSeqs } = viewer.answer!;
    const { epoch, seq, token } = history;
    this.#known.push({ epoch, seq, token });
    // Nothing was appended to it yet, or all that was follows the answer.
    const operations = history.operations === "" ? 0 : history.operations.split(";").length;
    this.joins.push({ viewer, clients, clientSeqs, start: seq - operations, seq });
    if (known && history.items === undefined) expect(seq - operations).toBe(known.seq);
  }
}

describe("who joins while everybody draws", () => {
  test.each(Array.from({ length: 9 }, (_, index) => ({ seed: index + 1, lost: [0, 0.2, 1][index % 3] ?? 0 })))(
    "[W7] [W10] has the log without a gap or a repeat, and its own numbers as of the answer (seed $seed, $lost lost)",
    async ({ seed, lost }) => {
      const storm = new Storm(seed, lost);
      const beginning = await storm.inner.head(BOARD);
      await storm.run();
      const { operations = "" } = await storm.inner.join(BOARD, [], beginning);
      const log = operations.split(";");
      const numbers = entryNumbers(operations);
      expect(storm.joins).toHaveLength(ROUNDS * JOINS_PER_ROUND);
      for (const { viewer, clients, clientSeqs, start, seq } of storm.joins) {
        expect(viewer.entries).toEqual(log.slice(start));
        const stored = clients.map((client) => numbers.slice(0, seq).filter((each) => each.client === client).length);
        expect(clientSeqs).toEqual(stored);
      }
    },
  );
});
