import { setMaxListeners } from "node:events";
import { BoardVisitor } from "../board-visitor.ts";
import { clearBoard } from "../clear-board.ts";
import { counted } from "../counted.ts";
import { Deadline } from "../deadline.ts";
import { sum } from "../sum.ts";
import type { Target } from "../target.ts";
import { Drawer } from "./drawer.ts";
import type { Fleet, FleetOptions } from "./fleet.ts";
import type { WatchReport } from "./watch-report.ts";

/** How long clients may take to connect, at the beginning. */
const OPEN_WAIT_MS = 10_000;

/** How long acknowledgements and what is still on its way are waited for, at the end. */
const SETTLE_MS = 10_000;

/** People at a board of the probe's own, who draw for each other. */
export class BoardFleet implements Fleet {
  readonly #target: Target;
  readonly #board: string;
  readonly #rate: number;
  readonly #signal: AbortSignal;
  readonly #drawers: readonly Drawer[];
  readonly #stopped = new AbortController();
  #drawing: readonly Promise<void>[] = [];
  #lost = 0;
  #outOfOrder = 0;

  constructor({ target, clients, rate, signal, board }: FleetOptions & { readonly board: string }) {
    this.#target = target;
    this.#board = board;
    this.#rate = rate;
    this.#signal = signal;
    this.#drawers = Array.from({ length: clients }, () => new Drawer(target, board));
    setMaxListeners(0, this.#stopped.signal);
  }

  get traffic(): string {
    return `${counted(this.#rate, "stroke")} a second on the board ${this.#board}, which is cleared at the end`;
  }

  async open(): Promise<void> {
    using deadline = new Deadline(OPEN_WAIT_MS, this.#signal);
    const { signal } = deadline;
    await Promise.all(this.#drawers.map(({ visitor }) => visitor.untilLive(signal)));
  }

  /** They take turns, so that strokes come evenly. */
  start(): void {
    const everyMs = (1_000 * this.#drawers.length) / this.#rate;
    this.#drawing = this.#drawers.map((drawer, index) => {
      drawer.silence.begin();
      return drawer.draw((index * 1_000) / this.#rate, everyMs, this.#stopped.signal);
    });
  }

  async finish(): Promise<void> {
    await this.#stop();
    const expected = new Set(this.#drawers.flatMap(({ kept }) => kept));
    for (const { silence } of this.#drawers) silence.end();
    await Promise.all(
      this.#drawers.map((drawer) => drawer.visitor.changes.within(SETTLE_MS, () => isSettled(drawer, expected))),
    );
    await this.#compare(expected);
  }

  report(): WatchReport {
    const drawers = this.#drawers;
    const waiting = sum(drawers, (drawer) => drawer.waiting);
    return {
      clients: drawers.length,
      pods: [...new Set(drawers.flatMap(({ visitor }) => visitor.pod ?? []))].sort(),
      taken: sum(drawers, ({ drawn }) => drawn),
      notTaken: 0,
      received: sum(drawers, ({ received }) => received),
      reconnects: sum(drawers, ({ reconnects }) => reconnects),
      silences: drawers.map(({ silence }) => silence.longest),
      lost: this.#lost,
      repeated: sum(drawers, ({ repeated }) => repeated),
      outOfOrder: this.#outOfOrder,
      unacknowledged: waiting,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    for (const { visitor } of this.#drawers) visitor[Symbol.dispose]();
    if (this.report().taken > 0) await clearBoard({ target: this.#target, board: this.#board });
  }

  async #stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#drawing);
  }

  /** All who are there, and one who comes late, must have the same strokes in the same order. */
  async #compare(expected: ReadonlySet<string>): Promise<void> {
    const signal = AbortSignal.timeout(SETTLE_MS);
    const late = await BoardVisitor.open(this.#target, this.#board, signal).catch(() => undefined);
    const visitors = this.#drawers.map(({ visitor }) => visitor);
    const all = late ? [...visitors, late] : visitors;
    this.#lost = sum(all, (visitor) => differences(visitor, expected)) + (late ? 0 : expected.size);
    const truth = late?.board;
    this.#outOfOrder = this.#lost > 0 ? 0 : visitors.filter(({ board }) => board !== truth).length;
    late?.[Symbol.dispose]();
  }
}

/** Strokes that are missing, and erased ones that are still there. */
function differences({ client }: BoardVisitor, expected: ReadonlySet<string>): number {
  const missing = [...expected].filter((id) => client.view.get(id) === undefined).length;
  return missing + (client.view.size - (expected.size - missing));
}

const isSettled = ({ visitor, waiting }: Drawer, expected: ReadonlySet<string>): boolean =>
  waiting === 0 && differences(visitor, expected) === 0;
