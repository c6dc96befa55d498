import { type BoardError, BoardEvent, type ClientId, isRetryable } from "@crosspod/protocol";
import { StateMachine } from "../events/state-machine.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { OutboxMessage } from "../outbox/outbox-message.ts";
import { Backoff, LONGEST_REPEAT_PAUSE_MS } from "../timing/backoff.ts";
import { SendPace } from "../timing/send-pace.ts";
import { Timer } from "../timing/timer.ts";
import type { BoardTransport } from "../transport/board-transport.ts";
import type { BoardContext } from "./board-context.ts";
import { parseError } from "./board-reply.ts";
import { SENDER_TRANSITIONS } from "./board-states.ts";

/** A slow network is kept busy by this many messages; more would only be sent twice when it breaks. */
const MAX_UNDER_WAY = 4;
/** After so long without an answer to what was sent, the answer is lost. */
const ANSWER_WAIT_MS = 10_000;

interface SentMessage extends OutboxMessage {
  /** It was sent again since: its refusal says nothing of what is under way. */
  isSuperseded: boolean;
}

export interface OutboxSenderEvents {
  /** {@link OutboxSender.error} may have changed. */
  readonly onChange: () => void;
  /** An operation will never be taken. */
  readonly onRefused: (client: ClientId, clientSeq: number, error: BoardError) => void;
  /** Only a join can say what the store has. */
  readonly onDiverged: () => void;
}

/** Sends what is in the outbox, in order, until it is acknowledged [W6]. */
export class OutboxSender {
  readonly pace: SendPace;
  readonly #transport: BoardTransport;
  readonly #outbox: Outbox;
  readonly #events: OutboxSenderEvents;
  readonly #states = new StateMachine(SENDER_TRANSITIONS, "closed");
  readonly #backoff: Backoff;
  /** Ends `throttled` and `pausing`. */
  readonly #wait: Timer;
  readonly #answerWait: Timer;
  /** What was sent over this connection, in order, until all of it is acknowledged, or it is refused. */
  #sent: readonly SentMessage[] = [];
  #error: BoardError | undefined;

  constructor({ transport, document, clock, random }: BoardContext, events: OutboxSenderEvents) {
    this.#transport = transport;
    this.#outbox = document.outbox;
    this.#events = events;
    this.pace = new SendPace(clock);
    this.#backoff = new Backoff(random, LONGEST_REPEAT_PAUSE_MS);
    this.#wait = new Timer(clock, () => this.#resume());
    this.#answerWait = new Timer(clock, () => this.#giveUpAnswers());
    transport.on(BoardEvent.refused, (client, error) => this.#hear(client, error));
  }

  /** Why nothing is acknowledged right now, if the service said so. */
  get error(): BoardError | undefined {
    return this.#error;
  }

  /** The board is joined: all that is not acknowledged is sent, from the oldest on. */
  open(): void {
    this.#states.handle("open");
    this.#error = undefined;
    this.#supersede();
    this.pump();
  }

  /** The board is not joined any more. */
  close(): void {
    this.#states.handle("close");
    this.#wait.stop();
    this.#answerWait.stop();
  }

  /** The connection is gone, and with it all that was under way. */
  disconnected(): void {
    this.close();
    this.#sent = [];
  }

  acknowledged(): void {
    this.#sent = this.#sent.filter(({ client, lastSeq }) => this.#outbox.find(client, lastSeq));
    this.#backoff.reset();
    this.#error = undefined;
    this.#answerWait.stop();
    if (this.#underWay.length > 0) this.#answerWait.start(ANSWER_WAIT_MS);
    this.pump();
  }

  /** Sends what can be sent now. */
  pump(): void {
    while (this.#states.state === "sending") {
      const underWay = this.#underWay;
      const last = underWay.at(-1);
      if (underWay.length >= MAX_UNDER_WAY || !this.#outbox.hasAfter(last)) return;
      if (this.#outbox.needsJoin) return this.#events.onDiverged();
      const { waitMs } = this.pace;
      if (waitMs > 0) this.#throttle(waitMs);
      else this.#send(this.#outbox.messageAfter(last));
    }
  }

  get #underWay(): readonly OutboxMessage[] {
    return this.#sent.filter(({ isSuperseded }) => !isSuperseded);
  }

  #throttle(waitMs: number): void {
    this.#states.handle("throttle");
    this.#wait.start(waitMs);
  }

  #resume(): void {
    this.#states.handle("resume");
    this.pump();
  }

  #send(message: OutboxMessage | undefined): void {
    if (!message) return;
    this.pace.spend();
    this.#sent = [...this.#sent, { ...message, isSuperseded: false }];
    this.#answerWait.start(ANSWER_WAIT_MS);
    this.#transport.emit(BoardEvent.operations, message.client, message.firstSeq, message.text);
  }

  #hear(client: unknown, value: unknown): void {
    const error = parseError(value);
    const message = error && this.#takeRefused(client, error);
    if (!message || this.#states.state === "closed") return;
    if (isRetryable(error)) return this.#retryLater(error);
    if (error.code === "not-joined") return this.#events.onDiverged();
    if (error.code === "gap") return this.#closeGap(message, error);
    this.#supersede();
    this.#events.onRefused(message.client, error.clientSeq ?? message.firstSeq, error);
    this.pump();
  }

  /** The message that was refused; undefined when what it carried was sent again, or is acknowledged. */
  #takeRefused(client: unknown, { clientSeq }: BoardError): OutboxMessage | undefined {
    const isRefused = ({ client: author, firstSeq, lastSeq }: OutboxMessage): boolean =>
      author === client && (clientSeq === undefined || (firstSeq <= clientSeq && clientSeq <= lastSeq));
    const message = this.#sent.find(isRefused);
    this.#sent = this.#sent.filter((each) => each !== message);
    return message?.isSuperseded ? undefined : message;
  }

  /**
   * The store expects another number: an operation with it is sent again; without one, a join has to say what is wrong.
   */
  #closeGap({ client }: OutboxMessage, { next = 1 }: BoardError): void {
    if (this.#outbox.find(client, next)) this.#retryLater(undefined);
    else this.#events.onDiverged();
  }

  #retryLater(error: BoardError | undefined): void {
    this.#supersede();
    this.#error = error;
    this.#states.handle("refuse");
    this.#answerWait.stop();
    this.#wait.stop();
    this.#wait.start(this.#backoff.next());
    this.#events.onChange();
  }

  #giveUpAnswers(): void {
    this.#sent = [];
    this.pump();
  }

  /** All that is not acknowledged is sent again, from the oldest on. */
  #supersede(): void {
    for (const message of this.#sent) message.isSuperseded = true;
  }
}
