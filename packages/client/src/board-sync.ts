import {
  type BoardError,
  BoardEvent,
  type CommittedOperation,
  type History,
  type Joined,
  parseCommitted,
  type Reply,
} from "@crosspod/protocol";
import { Backoff, LONGEST_REPEAT_PAUSE_MS } from "./backoff.ts";
import type { BoardDocument, Question } from "./board-document.ts";
import { isCount, parseHead, parseHistory, parseJoined, parseReply } from "./board-reply.ts";
import type { BoardTransport } from "./board-transport.ts";
import type { Clock } from "./clock.ts";
import { Timer } from "./timer.ts";

/** Operations that overtook others are waited for this long before they are asked for. */
const GAP_WAIT_MS = 100;

export interface BoardSyncOptions {
  readonly board: string;
  readonly name: () => string;
  readonly transport: BoardTransport;
  readonly document: BoardDocument;
  readonly clock: Clock;
  readonly random: () => number;
  readonly events: {
    readonly onJoined: (joined: Joined) => void;
    /** The answer to a question was taken. */
    readonly onAnswer: () => void;
    /** What is known of the board, or whether it is all, has changed. */
    readonly onChange: () => void;
  };
}

/** Keeps a document's committed part complete: joins the board, takes its operations as they come, and asks for what did not come [W10]. */
export class BoardSync {
  readonly #board: string;
  readonly #name: () => string;
  readonly #transport: BoardTransport;
  readonly #document: BoardDocument;
  readonly #events: BoardSyncOptions["events"];
  readonly #backoff: Backoff;
  readonly #gapWait: Timer;
  readonly #retryWait: Timer;
  #isJoined = false;
  #trouble: BoardError | undefined;
  /** Counts connections and joins: an answer to an earlier one means nothing any more. */
  #round = 0;
  #isAsking = false;
  #mustAskAgain = false;

  constructor({ board, name, transport, document, clock, random, events }: BoardSyncOptions) {
    this.#board = board;
    this.#name = name;
    this.#transport = transport;
    this.#document = document;
    this.#events = events;
    this.#backoff = new Backoff(random, LONGEST_REPEAT_PAUSE_MS);
    this.#gapWait = new Timer(clock, () => this.#askIfBehind());
    this.#retryWait = new Timer(clock, () => this.#retry());
    transport.on(BoardEvent.operations, (seq, text) => this.#received(seq, text));
    transport.on(BoardEvent.head, (head) => this.#heard(head));
  }

  get isJoined(): boolean {
    return this.#isJoined;
  }

  /** Whether all is here that there is, as far as anybody said. */
  get isComplete(): boolean {
    return this.#isJoined && !this.#document.replica.isBehind;
  }

  /** Whether an answer is on its way that may be a whole board. */
  get isAwaited(): boolean {
    return !this.#isJoined || this.#isAsking;
  }

  /** Why the last question was not answered, if the service said so. */
  get trouble(): BoardError | undefined {
    return this.#trouble;
  }

  /** Says to the service which board this is, and what is known of it. */
  join(): void {
    this.#startRound();
    void this.#join();
  }

  /** The connection is gone. */
  leave(): void {
    this.#startRound();
    this.#trouble = undefined;
  }

  #startRound(): void {
    this.#round += 1;
    this.#isJoined = false;
    this.#isAsking = false;
    this.#mustAskAgain = false;
    this.#gapWait.stop();
    this.#retryWait.stop();
  }

  /** Asks what came after all that is known; one question at a time. */
  ask(): void {
    if (!this.#isJoined || this.#retryWait.isRunning) return;
    this.#gapWait.stop();
    if (this.#isAsking) this.#mustAskAgain = true;
    else void this.#ask();
  }

  async #join(): Promise<void> {
    const round = this.#round;
    const question = this.#document.ask();
    const request = { board: this.#board, client: this.#document.outbox.client, name: this.#name() };
    const reply = await this.#request(parseJoined, BoardEvent.join, { ...request, ...question.known });
    if (round !== this.#round) return;
    if (!reply || "error" in reply) return this.#failed(reply?.error);
    if (!this.#document.take(reply.ok, question, reply.ok.n)) return this.#failed(undefined);
    this.#isJoined = true;
    this.#events.onJoined(reply.ok);
    this.#answered(question);
  }

  async #ask(): Promise<void> {
    const round = this.#round;
    const question = this.#document.ask();
    if (!question.known) return this.join();
    this.#isAsking = true;
    const { epoch, seq } = question.known;
    const reply = await this.#request(parseHistory, BoardEvent.since, epoch, seq);
    if (round !== this.#round) return;
    this.#isAsking = false;
    if (!reply || "error" in reply) return this.#failed(reply?.error);
    this.#take(reply.ok, question);
  }

  #take(history: History, question: Question): void {
    if (!this.#document.take(history, question)) return this.join();
    this.#answered(question);
    if (!this.#mustAskAgain) return;
    this.#mustAskAgain = false;
    this.ask();
  }

  #answered({ known }: Question): void {
    this.#trouble = undefined;
    const { isBehind, seq } = this.#document.replica;
    // A store that does not have what somebody announced is not asked again and again at once.
    if (isBehind && seq === known?.seq) this.#retryWait.start(this.#backoff.next());
    else this.#backoff.reset();
    this.#events.onAnswer();
    this.#watchGap();
    this.#events.onChange();
  }

  #failed(error: BoardError | undefined): void {
    this.#trouble = error;
    this.#retryWait.start(this.#backoff.next());
    this.#events.onChange();
  }

  #retry(): void {
    if (this.#isJoined && this.#trouble?.code !== "not-joined") this.ask();
    else this.join();
  }

  async #request<T>(
    parse: (ok: unknown) => T | undefined,
    event: string,
    ...args: readonly unknown[]
  ): Promise<Reply<T> | undefined> {
    try {
      return parseReply(await this.#transport.request(event, ...args), parse);
    } catch {
      // The connection is lost, and the next one joins; or the reply did not come in time, and is asked for again.
      return undefined;
    }
  }

  #received(seq: unknown, text: unknown): void {
    const operations = isCount(seq) && typeof text === "string" ? parseCommitted(text, seq) : undefined;
    if (operations) this.#add(operations);
  }

  #add(operations: readonly CommittedOperation[]): void {
    if (!this.#isJoined) return this.#document.keep(operations);
    this.#document.receive(operations);
    this.#watchGap();
    this.#events.onChange();
  }

  #heard(value: unknown): void {
    const head = parseHead(value);
    if (!head || !this.#isJoined) return;
    if (head.epoch !== this.#document.replica.epoch) return this.ask();
    this.#document.replica.noteHead(head.seq);
    this.#watchGap();
    this.#events.onChange();
  }

  #watchGap(): void {
    const { isContradicted, isBehind } = this.#document.replica;
    if (isContradicted) this.ask();
    else if (isBehind) this.#gapWait.start(GAP_WAIT_MS);
    else this.#gapWait.stop();
  }

  #askIfBehind(): void {
    if (this.#document.replica.isBehind) this.ask();
  }
}
