import { BoardEvent, type People as PeopleMessage, type Point } from "@crosspod/protocol";
import type { Server } from "socket.io";
import { roomName } from "../store/append-message.ts";
import {
  type Appended,
  type BoardBatch,
  type BoardStore,
  BoardStoreError,
  type Outcome,
  type Submission,
} from "../store/board-store.ts";
import type { FanOut } from "../transport/fan-out.ts";
import { AppendPace } from "./append-pace.ts";
import { type BoardAnswer, BoardLog, type BoardQuestion } from "./board-log.ts";
import type { BoardMetrics } from "./board-metrics.ts";
import { Cursors } from "./cursors.ts";
import { People } from "./people.ts";
import { SubmissionQueue } from "./submission-queue.ts";

/** What the open boards of a pod share. */
export interface BoardContext {
  readonly io: Server;
  readonly store: BoardStore;
  readonly fanOut: FanOut;
  readonly metrics: BoardMetrics;
  readonly pod: string;
  readonly headSeconds: number;
  /** Called with the error of an append. */
  readonly appendFailed: (board: string, error: unknown) => void;
  /** Called when the store went another way than a board was followed. */
  readonly diverged: (board: string) => void;
  /** Called with an unexpected error. */
  readonly failed: (error: unknown) => void;
  /** Most characters of its newest operations that a board remembers, as many as are open now. */
  readonly maxRecentCharacters: () => number;
  /** Called when a whole board was used, which is kept in memory. */
  readonly snapshotUsed: (board: OpenBoard) => void;
  /** Called when the last member has left, and nothing waits. */
  readonly closed: (board: OpenBoard) => void;
}

/** A member of a board: a client's session, or a follower for others. */
export interface BoardMember {
  /** Of the connection, as others see it. */
  readonly id: string;
  /** Takes what was appended, in order [W7]. */
  appended?(batch: BoardBatch): void;
  /** The board is not what it was: a client joins again. */
  diverged?(): void;
}

/**
 * A board that is open on this pod: what is submitted to it, how far it was followed, who is on it. It begins with the
 * first member, and ends when the last has left and nothing waits.
 */
export class OpenBoard {
  readonly name: string;
  readonly #context: BoardContext;
  readonly #members = new Set<BoardMember>();
  readonly #queue: SubmissionQueue;
  readonly #pace = new AppendPace();
  readonly #log: BoardLog;
  // A change is not dropped, a repetition can be: between two long polls a client would miss it nearly always.
  readonly #people = new People(
    (people) => this.#everyone.emit(BoardEvent.people, this.#message(people)),
    (people) => this.#everyone.volatile.emit(BoardEvent.people, this.#message(people)),
  );
  readonly #cursors = new Cursors((text) => this.#everyone.volatile.emit(BoardEvent.cursor, text));
  readonly #heads: NodeJS.Timeout;
  #isAskingForHead = false;
  #isClosed = false;

  constructor(name: string, context: BoardContext) {
    const { store, metrics, headSeconds } = context;
    this.name = name;
    this.#context = context;
    this.#log = new BoardLog({
      board: name,
      store,
      appended: (batch) => this.#appended(batch),
      diverged: () => this.#diverged(),
      onRead: (cause) => metrics.logReads.inc({ cause }),
      maxRecentCharacters: context.maxRecentCharacters,
      failed: this.#ignore,
    });
    this.#queue = new SubmissionQueue({
      append: (submissions) => this.#append(submissions),
      interval: () => this.#pace.intervalMs,
      idle: () => this.#closeIfUnused(),
      failed: (error) => context.appendFailed(name, error),
    });
    this.#heads = setInterval(() => void this.#refreshHead().catch(context.failed), headSeconds * 1_000);
  }

  /** Characters of the whole board that is kept in memory for those that join. */
  get snapshotSize(): number {
    return this.#log.snapshotSize;
  }

  /** Resolves when nothing waits to be stored. */
  get idle(): Promise<void> | undefined {
    return this.#queue.running;
  }

  /**
   * Brings a member onto the board, or to where it is by now. What is appended past the answer that `enter` gets
   * reaches the member, and nothing else does. Rejects with a {@link BoardStoreError}.
   */
  async join(member: BoardMember, question: BoardQuestion, enter: (answer: BoardAnswer) => void): Promise<void> {
    this.#members.add(member);
    await this.#log.join(question, (answer) => {
      if (answer.history.items !== undefined) this.#context.snapshotUsed(this);
      enter(answer);
    });
  }

  leave(member: BoardMember): void {
    this.#members.delete(member);
    if (this.#people.delete(member.id)) this.#cursors.move(member.id, undefined);
    this.#closeIfUnused();
  }

  /** Says what became of the submission. Rejects with a {@link BoardStoreError} when nothing is known to be stored. */
  submit(submission: Submission): Promise<Outcome> {
    return this.#queue.submit(submission);
  }

  /** Shows a person to the others, or their new name. */
  introduce({ id }: BoardMember, name: string): void {
    this.#people.set(id, name);
  }

  /** The people of this pod on the board. */
  get people(): PeopleMessage {
    return this.#message(this.#people.list());
  }

  moveCursor({ id }: BoardMember, point: Point | undefined): void {
    this.#cursors.move(id, point);
  }

  forgetSnapshot(): void {
    this.#log.forgetSnapshot();
  }

  get #everyone() {
    return this.#context.io.to(roomName(this.name));
  }

  #message(people: PeopleMessage["people"]): PeopleMessage {
    return { pod: this.#context.pod, people };
  }

  async #append(submissions: readonly Submission[]): Promise<Appended> {
    const { store, metrics } = this.#context;
    const startedAt = performance.now();
    const appended = await store.append(this.name, submissions, this.#log.position);
    metrics.operations.inc(appended.count);
    metrics.appendOperations.observe(appended.count);
    metrics.appendSeconds.observe((performance.now() - startedAt) / 1_000);
    this.#log.reach(appended.position).catch(this.#ignore);
    return appended;
  }

  /** Sends what follows to everyone on this pod [W7]. */
  #appended(batch: BoardBatch): void {
    this.#context.fanOut.broadcastLocally(this.#context.io, this.name, batch);
    this.#pace.sent(this.#members.size);
    for (const member of this.#members) member.appended?.(batch);
  }

  /** All members join again. */
  #diverged(): void {
    this.#context.diverged(this.name);
    this.#sendHead();
    for (const member of this.#members) member.diverged?.();
  }

  /** While the store is away or slow the clients hear the last head again: it says that this pod is there [W10]. */
  async #refreshHead(): Promise<void> {
    if (!this.#isAskingForHead && this.#log.position) await this.#askForHead();
    this.#sendHead();
  }

  async #askForHead(): Promise<void> {
    this.#isAskingForHead = true;
    try {
      await this.#log.reach(await this.#context.store.head(this.name, this.#log.position));
    } catch (error) {
      this.#ignore(error);
    } finally {
      this.#isAskingForHead = false;
    }
  }

  #sendHead(): void {
    if (!this.#log.position || this.#isClosed) return;
    const { epoch, seq } = this.#log.position;
    this.#context.io.local.to(roomName(this.name)).emit(BoardEvent.head, { epoch, seq });
  }

  #closeIfUnused(): void {
    if (this.#members.size > 0 || this.#queue.running || this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#heads);
    this.#people.close();
    this.#cursors.close();
    this.#everyone.volatile.emit(BoardEvent.people, this.#message([]));
    this.#log.close();
    // Its time to live begins here.
    this.#context.store.head(this.name).catch(this.#ignore);
    this.#context.closed(this);
  }

  /** For what is tried again anyway. */
  readonly #ignore = (error: unknown): void => {
    if (!(error instanceof BoardStoreError)) this.#context.failed(error);
  };
}
