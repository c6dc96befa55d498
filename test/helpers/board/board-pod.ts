import { countEntries, type Position } from "@crosspod/protocol";
import { createMetrics } from "@crosspod/service";
import { Server } from "socket.io";
import type { BoardAnswer, BoardQuestion } from "../../../apps/whiteboard/src/server/board/board-log.ts";
import { type BoardMetrics, createBoardMetrics } from "../../../apps/whiteboard/src/server/board/board-metrics.ts";
import { Boards } from "../../../apps/whiteboard/src/server/board/boards.ts";
import type { BoardMember, OpenBoard } from "../../../apps/whiteboard/src/server/board/open-board.ts";
import type { BoardBatch, BoardStore } from "../../../apps/whiteboard/src/server/store/board-store.ts";
import { LocalFanOut } from "../../../apps/whiteboard/src/server/transport/fan-out.ts";

const BOARD = "default";

/** The open boards of a pod, without sockets. */
export class BoardPod {
  readonly #registry = createMetrics();
  readonly errors: unknown[] = [];
  /** The boards whose appends failed. */
  readonly failedAppends: string[] = [];
  readonly fanOut = new LocalFanOut();
  readonly io = new Server();
  readonly metrics: BoardMetrics;
  readonly boards: Boards;

  constructor(store: BoardStore, headSeconds = 3_600) {
    const gauges = { clients: () => 0, boards: () => this.boards.size, isLive: () => true };
    this.metrics = createBoardMetrics(this.#registry, gauges, []);
    this.boards = new Boards({
      io: this.io,
      store,
      fanOut: this.fanOut,
      metrics: this.metrics,
      pod: "pod-a",
      headSeconds,
      appendFailed: (board) => this.failedAppends.push(board),
      diverged: () => {},
      failed: (error) => this.errors.push(error),
    });
  }

  /** Why the store was read for what did not come, as often as it was. */
  async logReads(): Promise<Record<string, number>> {
    const { values = [] } = (await this.#registry.getSingleMetric("crosspod_board_log_reads_total")?.get()) ?? {};
    const read = values.filter(({ value, labels }) => value > 0 && labels.cause !== "start");
    return Object.fromEntries(read.map(({ value, labels }) => [labels.cause, value]));
  }
}

/** Who looks at the board: what it was sent must follow what it knows, without a gap or a repeat. */
export class BoardViewer implements BoardMember {
  readonly id: string;
  readonly #pod: BoardPod;
  board: OpenBoard;
  answer: BoardAnswer | undefined;
  position: Position = { epoch: "", seq: 0, token: "" };
  /** Of the log, as far as this one was told of it. */
  entries: string[] = [];
  joins = 0;

  constructor(pod: BoardPod, id: string) {
    this.#pod = pod;
    this.id = id;
    this.board = pod.boards.get(BOARD);
  }

  async join(question: BoardQuestion = { clients: [] }): Promise<this> {
    this.joins += 1;
    this.board = this.#pod.boards.get(BOARD);
    await this.board.join(this, question, (answer) => {
      const { history } = answer;
      this.answer = answer;
      this.entries = history.operations.split(";").filter((entry) => entry !== "");
      this.position = history;
    });
    return this;
  }

  appended({ epoch, seq, token, firstSeq, text }: BoardBatch): void {
    if (!this.answer) return;
    const follows = epoch === this.position.epoch && firstSeq === this.position.seq + 1;
    if (!follows || countEntries(text) !== 1 + seq - firstSeq) {
      this.#pod.errors.push(new Error(`${this.id} is at ${this.position.seq} and gets ${firstSeq} to ${seq}`));
    }
    this.entries.push(...text.split(";"));
    this.position = { epoch, seq, token };
  }

  diverged(): void {
    this.answer = undefined;
    void this.join();
  }

  leave(): void {
    this.board.leave(this);
  }
}
