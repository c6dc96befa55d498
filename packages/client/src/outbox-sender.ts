import { type BoardError, BoardEvent, isPassing } from "@crosspod/protocol";
import { Backoff, LONGEST_REPEAT_PAUSE_MS } from "./backoff.ts";
import type { BoardDocument } from "./board-document.ts";
import { parseAcknowledged, parseReply } from "./board-reply.ts";
import type { BoardTransport } from "./board-transport.ts";
import type { Clock } from "./clock.ts";
import type { OutboxMessage } from "./outbox-message.ts";
import { Timer } from "./timer.ts";

/** The first operation goes at once, those after it together: two samples of a pen at 60 Hz to a message. */
const SEND_INTERVAL_MS = 33;
/** A slow network is kept busy by this many messages; more would only be sent twice when it breaks. */
const MAX_MESSAGES_UNDER_WAY = 4;

export interface OutboxSenderOptions {
  readonly transport: BoardTransport;
  readonly document: BoardDocument;
  readonly clock: Clock;
  readonly random: () => number;
  readonly events: {
    /** Something was acknowledged, or it has changed why not. */
    readonly onProgress: () => void;
    readonly onRefused: (error: BoardError, message: OutboxMessage) => void;
    /** The store does not know a client as far as it should: a question must show whether the board is another one. */
    readonly onBroken: () => void;
    /** The service does not know which board this is about. */
    readonly onNotJoined: () => void;
  };
}

/** Sends what is in the outbox, in order, until it is acknowledged [W6]. */
export class OutboxSender {
  readonly #transport: BoardTransport;
  readonly #document: BoardDocument;
  readonly #clock: Clock;
  readonly #events: OutboxSenderOptions["events"];
  readonly #backoff: Backoff;
  readonly #pace: Timer;
  readonly #pause: Timer;
  #isOpen = false;
  #nextSendAt = Number.NEGATIVE_INFINITY;
  #underWay = 0;
  /** Counts how often everything was begun anew: errors that answer what was sent before mean nothing any more. */
  #round = 0;
  /** How often operations had got other numbers when the round began. */
  #rebases = 0;
  #trouble: BoardError | undefined;

  constructor({ transport, document, clock, random, events }: OutboxSenderOptions) {
    this.#transport = transport;
    this.#document = document;
    this.#clock = clock;
    this.#events = events;
    this.#backoff = new Backoff(random, LONGEST_REPEAT_PAUSE_MS);
    this.#pace = new Timer(clock, () => this.pump());
    this.#pause = new Timer(clock, () => this.pump());
  }

  /** Why nothing is acknowledged right now, if the service said so. */
  get trouble(): BoardError | undefined {
    return this.#trouble;
  }

  /** The connection knows the board: everything that is not acknowledged is sent, from the oldest on. */
  open(): void {
    this.#isOpen = true;
    this.#restart();
  }

  /** The connection is gone, and with it all that was under way. */
  close(): void {
    this.#isOpen = false;
    this.#startRound();
    this.#pace.stop();
    this.#pause.stop();
  }

  /** Goes on after a question was answered: anew when operations have other numbers now. */
  resume(): void {
    if (this.#rebases === this.#document.outbox.rebases) this.pump();
    else this.#restart();
  }

  /** Sends what can be sent now. */
  pump(): void {
    while (this.#isOpen && !this.#pause.isRunning && this.#underWay < MAX_MESSAGES_UNDER_WAY) {
      const wait = this.#nextSendAt - this.#clock.now();
      if (wait > 0) return this.#pace.start(wait);
      const message = this.#document.outbox.next();
      if (!message) return;
      this.#nextSendAt = this.#clock.now() + SEND_INTERVAL_MS;
      void this.#send(message);
    }
  }

  #restart(): void {
    this.#startRound();
    this.#pause.stop();
    this.pump();
  }

  async #send(message: OutboxMessage): Promise<void> {
    const { client, firstN, text } = message;
    const round = this.#round;
    this.#underWay += 1;
    const reply = await this.#transport.request(BoardEvent.operations, client, firstN, text).then(
      (answer) => parseReply(answer, parseAcknowledged),
      () => undefined,
    );
    if (reply && "ok" in reply) this.#acknowledged(message, reply.ok.n);
    if (round !== this.#round) return;
    this.#underWay -= 1;
    if (!reply) this.#retryLater(undefined);
    else if ("error" in reply) this.#failed(message, reply.error);
    this.pump();
  }

  #acknowledged({ client }: OutboxMessage, n: number): void {
    this.#document.acknowledge(client, n);
    this.#backoff.reset();
    this.#trouble = undefined;
    this.#events.onProgress();
  }

  #failed(message: OutboxMessage, error: BoardError): void {
    if (isPassing(error)) return this.#retryLater(error);
    switch (error.code) {
      case "gap":
        return this.#gap(message, error);
      case "not-joined":
        this.#startRound();
        return this.#events.onNotJoined();
      default:
        this.#startRound();
        return this.#events.onRefused(error, message);
    }
  }

  #gap({ client, firstN }: OutboxMessage, error: BoardError): void {
    const { next = 1 } = error;
    // It asks for what it was just given: not a matter of which number comes next.
    if (next === firstN) return this.#retryLater(error);
    this.#startRound();
    this.#document.acknowledge(client, next - 1);
    if (!this.#document.outbox.resume(client, next)) this.#events.onBroken();
    this.#events.onProgress();
  }

  #retryLater(trouble: BoardError | undefined): void {
    this.#startRound();
    this.#trouble = trouble;
    this.#pause.start(this.#backoff.next());
    this.#events.onProgress();
  }

  #startRound(): void {
    this.#round += 1;
    this.#underWay = 0;
    this.#rebases = this.#document.outbox.rebases;
    this.#document.outbox.rewind();
  }
}
