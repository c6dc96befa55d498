import {
  BOARD_PROTOCOL,
  type BoardError,
  BoardEvent,
  type Joined,
  type JoinRequest,
  parseEntries,
  type Reply,
  tokenOf,
} from "@crosspod/protocol";
import { StateMachine } from "../events/state-machine.ts";
import { Backoff, LONGEST_REPEAT_PAUSE_MS } from "../timing/backoff.ts";
import { Timer } from "../timing/timer.ts";
import type { BoardContext } from "./board-context.ts";
import { isCount, parseHead, parseJoinReply, UNREADABLE } from "./board-reply.ts";
import { SYNC_TRANSITIONS, type SyncState } from "./board-states.ts";
import type { OutboxSender } from "./outbox-sender.ts";

const UNANSWERED: BoardError = { code: "unavailable", detail: "the service did not answer" };

export interface BoardSyncEvents {
  readonly onJoined: (joined: Joined) => void;
  /** The state, or the error, is another one. */
  readonly onChange: () => void;
}

/** Follows the ordered stream of a board: joins it, and joins again when what comes is not what follows [W7] [W10]. */
export class BoardSync {
  readonly #context: BoardContext;
  readonly #sender: OutboxSender;
  readonly #events: BoardSyncEvents;
  readonly #states = new StateMachine(SYNC_TRANSITIONS, "offline");
  /** Reset by what comes in order, not by a join: a stream that never fits is joined again at growing pauses. */
  readonly #backoff: Backoff;
  readonly #pause: Timer;
  #error: BoardError | undefined;
  /** Counts joins: the reply to an earlier one means nothing any more. */
  #joins = 0;

  constructor(context: BoardContext, sender: OutboxSender, events: BoardSyncEvents) {
    const { transport, clock, random } = context;
    this.#context = context;
    this.#sender = sender;
    this.#events = events;
    this.#backoff = new Backoff(random, LONGEST_REPEAT_PAUSE_MS);
    this.#pause = new Timer(clock, () => this.#retry());
    transport.on(BoardEvent.operations, (seq, text, safe) => this.#receive(seq, text, safe));
    transport.on(BoardEvent.head, (head) => this.#compare(head));
  }

  get state(): SyncState {
    return this.#states.state;
  }

  /** Why the board could not be joined, until it is, or the connection is lost. Only another pod ends `outdated`. */
  get error(): BoardError | undefined {
    return this.#error;
  }

  connected(): void {
    if (this.#states.handle("connect")) void this.#join();
  }

  disconnected(): void {
    this.#pause.stop();
    this.#states.handle("disconnect");
    if (this.#error?.code !== "outdated") this.#error = undefined;
  }

  /** What is known here is not what the pod has: joins again. */
  diverge(): void {
    if (!this.#states.handle("diverge")) return;
    this.#pause.start(this.#backoff.next());
    this.#sender.close();
    this.#events.onChange();
  }

  #retry(): void {
    // Another pod may have this version.
    if (this.state === "outdated") this.#context.transport.reconnect();
    else if (this.#states.handle("retry")) void this.#join();
  }

  async #join(): Promise<void> {
    this.#joins += 1;
    const join = this.#joins;
    const { board, name, document } = this.#context;
    const { position } = document;
    const { clients } = document.outbox;
    const request = { protocol: BOARD_PROTOCOL, board, name: name(), clients, ...(position && { known: position }) };
    const reply = await this.#request(request);
    if (join !== this.#joins || this.state !== "joining") return;
    if ("error" in reply) return this.#fail(reply.error);
    if (!document.join(reply.ok, clients)) return this.#fail(UNREADABLE);
    this.#error = undefined;
    this.#states.handle("join");
    this.#events.onJoined(reply.ok);
    this.#sender.open();
    this.#events.onChange();
  }

  async #request(request: JoinRequest): Promise<Reply<Joined>> {
    try {
      return parseJoinReply(await this.#context.transport.request(BoardEvent.join, request));
    } catch {
      // The connection is lost, and the next one joins; or the reply did not come in time.
      return { error: UNANSWERED };
    }
  }

  #fail(error: BoardError): void {
    this.#error = error;
    this.#states.handle(error.code === "outdated" ? "mismatch" : "fail");
    this.#pause.start(this.#backoff.next());
    this.#events.onChange();
  }

  /** While a join is under way, all that comes is in its reply. */
  #receive(seq: unknown, text: unknown, safe: unknown): void {
    const { document } = this.#context;
    if (this.state !== "live") return;
    const nextSeq = (document.position?.seq ?? 0) + 1;
    if (seq !== nextSeq || typeof text !== "string" || !isCount(safe)) return this.diverge();
    const operations = parseEntries(text, nextSeq);
    if (!operations) return this.diverge();
    this.#backoff.reset();
    const isAcknowledged = document.receive(operations, tokenOf(text), safe);
    for (const { client } of operations) this.#sender.pace.see(client);
    if (isAcknowledged) this.#sender.acknowledged();
    this.#events.onChange();
  }

  #compare(value: unknown): void {
    const head = parseHead(value);
    const { position } = this.#context.document;
    if (this.state !== "live" || !head) return;
    if (head.epoch === position?.epoch && head.seq === position.seq) this.#backoff.reset();
    else this.diverge();
  }
}
