import { setMaxListeners } from "node:events";
import type { Target } from "../clients/target.ts";
import { Deadline } from "../timing/deadline.ts";
import { type Changes, pause } from "../timing/wait.ts";
import type { Silence } from "./silence.ts";
import { sum } from "./sum.ts";
import type { WatchReport } from "./watch-report.ts";

/** How long clients may take to connect, at the beginning. */
const OPEN_WAIT_MS = 10_000;

export interface FleetOptions {
  readonly target: Target;
  readonly clients: number;
  /** Updates a second, of all together. */
  readonly rate: number;
  readonly signal: AbortSignal;
}

/** What one client of a watch counts. */
export interface Tally {
  received: number;
  reconnects: number;
  repeated: number;
  outOfOrder: number;
}

/** One client of a watch. */
export interface Member extends Disposable {
  readonly changes: Changes;
  readonly silence: Silence;
  readonly tally: Readonly<Tally>;
  readonly isLive: boolean;
  readonly pod: string | undefined;
}

/** The clients of a watch, and the traffic that they are to get. Disposing of it ends both. */
export abstract class Fleet<M extends Member = Member> implements AsyncDisposable {
  /** What the traffic is, for a person. */
  abstract readonly traffic: string;
  protected readonly options: FleetOptions;
  protected readonly members: readonly M[];
  protected lost = 0;
  readonly #senders: number;
  readonly #stopped = new AbortController();
  #sending: readonly Promise<void>[] = [];

  /** @param senders how many the traffic comes from. */
  constructor(options: FleetOptions, newMember: (index: number) => M, senders = options.clients) {
    this.options = options;
    this.members = Array.from({ length: options.clients }, (_, index) => newMember(index));
    this.#senders = senders;
    setMaxListeners(0, this.#stopped.signal);
  }

  /** Resolves when all are connected. */
  async open(): Promise<void> {
    using deadline = new Deadline(OPEN_WAIT_MS, this.options.signal);
    const { signal } = deadline;
    const waits = this.members.map((member) => member.changes.until("a connection", () => member.isLive, signal));
    await Promise.all(waits);
  }

  /** Begins the traffic. */
  start(): void {
    for (const { silence } of this.members) silence.begin();
    this.#sending = Array.from({ length: this.#senders }, (_, index) => this.#sendAtRate(index));
  }

  /** Ends the traffic, waits a little for what is still on its way, and looks what is missing. */
  async finish(): Promise<void> {
    await this.#stop();
    for (const { silence } of this.members) silence.end();
    await this.compare();
  }

  /** What was felt so far. */
  report(): WatchReport {
    const { members, lost } = this;
    const total = (name: keyof Tally): number => sum(members, ({ tally }) => tally[name]);
    return {
      clients: members.length,
      pods: [...new Set(members.flatMap(({ pod }) => pod ?? []))].sort(),
      notTaken: 0,
      received: total("received"),
      reconnects: total("reconnects"),
      silences: members.map(({ silence }) => silence.longest),
      lost,
      repeated: total("repeated"),
      outOfOrder: total("outOfOrder"),
      unacknowledged: 0,
      ...this.counts(),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    for (const member of this.members) member[Symbol.dispose]();
  }

  /** Makes one sender send once. */
  protected abstract send(sender: number): Promise<void> | void;

  /** Waits for what is still on its way, and sets what is lost. */
  protected abstract compare(): Promise<void>;

  /** What the members do not know of the report. */
  protected abstract counts(): Pick<WatchReport, "taken"> & Partial<WatchReport>;

  /** The senders take turns, so that the traffic comes evenly. */
  async #sendAtRate(sender: number): Promise<void> {
    const { signal } = this.#stopped;
    const { rate } = this.options;
    const periodMs = (1_000 * this.#senders) / rate;
    let next = performance.now() + (sender * 1_000) / rate;
    for (;;) {
      await pause(Math.max(0, next - performance.now()), signal);
      if (signal.aborted) return;
      await this.send(sender);
      next = Math.max(next + periodMs, performance.now());
    }
  }

  async #stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#sending);
  }
}
