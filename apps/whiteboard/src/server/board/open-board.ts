import { setTimeout as sleep } from "node:timers/promises";
import {
  BoardEvent,
  type History,
  type JoinRequest,
  type People as PeopleMessage,
  type Point,
  type Position,
} from "@crosspod/protocol";
import { LogFollower } from "@crosspod/redis";
import type { Server } from "socket.io";
import { roomName } from "../store/append-message.ts";
import {
  type Appended,
  type BoardBatch,
  type BoardStore,
  BoardStoreError,
  type JoinAnswer,
  type Outcome,
  type Submission,
  unavailable,
} from "../store/board-store.ts";
import type { FanOut } from "../transport/fan-out.ts";
import { AppendPace } from "./append-pace.ts";
import { BoardHistory, clientSeqsAfter } from "./board-history.ts";
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
  /** Told of an append that failed. */
  readonly appendFailed: (board: string, error: unknown) => void;
  /** Told of what nobody foresaw. */
  readonly failed: (error: unknown) => void;
  /** Told that a whole board was used, which is kept in memory. */
  readonly snapshotUsed: (board: OpenBoard) => void;
  /** Told that the last one has left, and nothing waits. */
  readonly closed: (board: OpenBoard) => void;
}

/** Who is on a board: a client's session, or who follows it for others. */
export interface BoardMember {
  /** Of the connection, as others see it. */
  readonly id: string;
  /** Takes what was appended, in order [W7]. */
  appended?(batch: BoardBatch): void;
  /** The board is not what it was: who wants to know it joins again. */
  diverged?(): void;
}

/** What is asked of a board by who joins. */
export type BoardQuestion = Pick<JoinRequest, "clients" | "known">;

export interface BoardAnswer {
  readonly history: History;
  /** For each client the newest number that is stored, as of the history. */
  readonly clientSeqs: readonly number[];
}

/** How often an answer is put together anew, because the board went on in a way that it does not fit. */
const MAX_TRIES = 5;
/** Where a subscription takes longer the store is most likely away, and says so itself. */
const SUBSCRIBE_WAIT_MS = 1_500;

/**
 * A board that somebody on this pod has open: what is submitted to it, how far it was followed, who is on it. It begins with the first and
 * ends when the last has left and nothing waits.
 */
export class OpenBoard {
  readonly name: string;
  readonly #context: BoardContext;
  readonly #members = new Set<BoardMember>();
  readonly #queue: SubmissionQueue;
  readonly #pace = new AppendPace();
  readonly #follower: LogFollower<BoardBatch, Position>;
  // A change is rare and is not dropped: between two long polls a client would miss it nearly always. A repetition can be.
  readonly #people = new People(
    (people) => this.#everyone.emit(BoardEvent.people, this.#message(people)),
    (people) => this.#everyone.volatile.emit(BoardEvent.people, this.#message(people)),
  );
  readonly #cursors = new Cursors((text) => this.#everyone.volatile.emit(BoardEvent.cursor, text));
  readonly #heads: NodeJS.Timeout;
  #unsubscribe: (() => void) | undefined;
  #confirmSubscription = (): void => {};
  readonly #subscribed = new Promise<void>((resolve) => {
    this.#confirmSubscription = resolve;
  });
  #history: BoardHistory | undefined;
  #snapshotRead: Promise<void> | undefined;
  #isAskingForHead = false;

  constructor(name: string, context: BoardContext) {
    const { store, metrics, headSeconds } = context;
    this.name = name;
    this.#context = context;
    this.#follower = new LogFollower({
      read: (known) => store.read(name, known),
      reset: (position) => this.#reset(position),
      append: (batch) => this.#take(batch),
      onRead: (cause) => metrics.logRead(cause),
    });
    this.#queue = new SubmissionQueue({
      append: (submissions) => this.#append(submissions),
      interval: () => this.#pace.intervalMs,
      idle: () => this.#closeIfUnused(),
      failed: (error) => context.appendFailed(name, error),
    });
    this.#heads = setInterval(() => void this.#announceHead().catch(context.failed), headSeconds * 1_000);
  }

  /** Characters of the whole board that is kept in memory for who joins. */
  get snapshotSize(): number {
    return this.#history?.snapshotSize ?? 0;
  }

  /** Resolves when nothing waits to be stored. */
  get idle(): Promise<void> | undefined {
    return this.#queue.running;
  }

  /**
   * Brings somebody onto the board, or to where it is by now. `enter` is called with the answer, in the moment that it is true of: what is
   * appended after that reaches the member, and nothing else does. Rejects with a {@link BoardStoreError}.
   */
  async join(member: BoardMember, question: BoardQuestion, enter: (answer: BoardAnswer) => void): Promise<void> {
    this.#members.add(member);
    await this.#start();
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const answer = await this.#ask(question);
      if (answer) return enter(answer);
    }
    throw unavailable("the board changes too fast; try again");
  }

  leave(member: BoardMember): void {
    this.#members.delete(member);
    if (this.#people.delete(member.id)) this.#cursors.move(member.id, undefined);
    this.#closeIfUnused();
  }

  /** Resolves with what became of the submission; rejects with a {@link BoardStoreError} when nothing is known to be stored. */
  submit(submission: Submission): Promise<Outcome> {
    return this.#queue.submit(submission);
  }

  /** Shows a person to the others, or their new name. */
  introduce({ id }: BoardMember, name: string): void {
    this.#people.set(id, name);
  }

  /** Whom this pod has on the board. */
  get people(): PeopleMessage {
    return this.#message(this.#people.list());
  }

  moveCursor({ id }: BoardMember, point: Point | undefined): void {
    this.#cursors.move(id, point);
  }

  forgetSnapshot(): void {
    this.#history?.forgetSnapshot();
  }

  get #everyone() {
    return this.#context.io.to(roomName(this.name));
  }

  #message(people: PeopleMessage["people"]): PeopleMessage {
    return { pod: this.#context.pod, people };
  }

  /** Follows the board from where it is. What is appended from then on comes by itself, or is missed and read. */
  async #start(): Promise<void> {
    this.#unsubscribe ??= this.#context.store.subscribe(this.name, {
      batch: (batch) => this.#follower.receive(batch),
      subscribed: () => {
        this.#confirmSubscription();
        if (this.#follower.position) this.#follower.read("resubscribed").catch(this.#ignore);
      },
    });
    await Promise.race([this.#subscribed, sleep(SUBSCRIBE_WAIT_MS, undefined, { ref: false })]);
    if (!this.#follower.position) await this.#follower.read("start");
  }

  async #ask({ clients, known }: BoardQuestion): Promise<BoardAnswer | undefined> {
    const isRecent = known !== undefined && this.#history?.after(known) !== undefined;
    const seen = this.#follower.position;
    const answer = await this.#context.store.join(this.name, clients, isRecent ? undefined : known, seen);
    await this.#follower.reach(answer.position);
    const isKnown = isRecent || answer.operations !== undefined;
    if (!isKnown && !this.#history?.whole()) await this.#readSnapshot();
    return this.#answer(clients, known, answer);
  }

  /** Puts an answer together of what is here now; undefined when it does not fit. */
  #answer(clients: BoardQuestion["clients"], known: Position | undefined, answer: JoinAnswer): BoardAnswer | undefined {
    const history = this.#history;
    const since = history?.after(answer.position);
    if (!history || since === undefined) return undefined;
    const clientSeqs = clientSeqsAfter(since, clients, answer.clientSeqs);
    const operations = (known && history.after(known)) ?? joinLog(answer.operations, since);
    if (operations !== undefined) return { history: { ...history.position, operations }, clientSeqs };
    const whole = history.whole();
    if (whole) this.#context.snapshotUsed(this);
    return whole && { history: whole, clientSeqs };
  }

  /** One read for all who wait for it. */
  #readSnapshot(): Promise<void> {
    this.#snapshotRead ??= this.#rememberSnapshot().finally(() => {
      this.#snapshotRead = undefined;
    });
    return this.#snapshotRead;
  }

  async #rememberSnapshot(): Promise<void> {
    const snapshot = await this.#context.store.snapshot(this.name, this.#follower.position);
    await this.#follower.reach(snapshot.position);
    this.#history?.remember(snapshot);
  }

  async #append(submissions: readonly Submission[]): Promise<Appended> {
    const { store, metrics } = this.#context;
    const startedAt = performance.now();
    const appended = await store.append(this.name, submissions, this.#follower.position);
    metrics.committed(appended.count, (performance.now() - startedAt) / 1_000);
    this.#follower.reach(appended.position).catch(this.#ignore);
    return appended;
  }

  /** Takes what follows, and sends it to everyone on this pod [W7]. */
  #take(batch: BoardBatch): void {
    this.#history?.push(batch);
    this.#context.fanOut.broadcast(this.#context.io, this.name, batch);
    this.#pace.sent(this.#members.size);
    for (const member of this.#members) member.appended?.(batch);
  }

  /** The board is not on from what was followed: everyone asks anew. */
  #reset(position: Position): void {
    const isFirst = this.#history === undefined;
    this.#history = new BoardHistory(position);
    if (isFirst) return;
    this.#sendHead();
    for (const member of this.#members) member.diverged?.();
  }

  /** A store that is away or slow has no news: the clients hear the last head again, and so that this pod is there [W10]. */
  async #announceHead(): Promise<void> {
    if (!this.#isAskingForHead && this.#follower.position) await this.#askForHead();
    this.#sendHead();
  }

  async #askForHead(): Promise<void> {
    this.#isAskingForHead = true;
    try {
      await this.#follower.reach(await this.#context.store.head(this.name, this.#follower.position));
    } catch (error) {
      this.#ignore(error);
    } finally {
      this.#isAskingForHead = false;
    }
  }

  #sendHead(): void {
    const { position } = this.#follower;
    if (!position) return;
    const { epoch, seq } = position;
    this.#context.io.local.to(roomName(this.name)).emit(BoardEvent.head, { epoch, seq });
  }

  #closeIfUnused(): void {
    if (this.#members.size > 0 || this.#queue.running) return;
    clearInterval(this.#heads);
    this.#people.close();
    this.#cursors.close();
    this.#everyone.volatile.emit(BoardEvent.people, this.#message([]));
    this.#unsubscribe?.();
    // From here on its time of being kept counts.
    this.#context.store.head(this.name).catch(this.#ignore);
    this.#context.closed(this);
  }

  /** For what is tried again anyway. */
  readonly #ignore = (error: unknown): void => {
    if (!(error instanceof BoardStoreError)) this.#context.failed(error);
  };
}

function joinLog(first: string | undefined, second: string): string | undefined {
  return first === undefined ? undefined : [first, second].filter((text) => text !== "").join(";");
}
