import { type BoardError, BoardEvent, type ClientId, type CommittedOperation, type Joined } from "@crosspod/protocol";
import type { BoardDocument } from "./board-document.ts";
import { type ConnectionState, connectionState, LINK_TRANSITIONS } from "./board-states.ts";
import { BoardSync } from "./board-sync.ts";
import type { BoardTransport, Loss } from "./board-transport.ts";
import type { BoardTrouble } from "./board-trouble.ts";
import type { Clock } from "./clock.ts";
import { OutboxSender } from "./outbox-sender.ts";
import { ScatterWatch } from "./scatter-watch.ts";
import { SilenceWatch } from "./silence-watch.ts";
import { StateMachine } from "./state-machine.ts";

/** So many announcements of a head may fail to come … */
const SILENT_HEADS = 2.5;
/** … and the last of them may be late by this. */
const HEAD_MARGIN_MS = 2_000;

export interface BoardConnectionOptions {
  readonly board: string;
  readonly name: () => string;
  readonly transport: BoardTransport;
  readonly document: BoardDocument;
  readonly clock: Clock;
  readonly random: () => number;
  readonly events: {
    readonly onJoined: (joined: Joined) => void;
    readonly onRefused: (client: ClientId, clientSeq: number, error: BoardError) => void;
    /** Anything that can be asked here may be different. */
    readonly onChange: () => void;
  };
}

/** Keeps a document and a service in agreement, over one connection after the other. */
export class BoardConnection {
  readonly #transport: BoardTransport;
  readonly #link = new StateMachine(LINK_TRANSITIONS, "idle");
  readonly #sync: BoardSync;
  readonly #sender: OutboxSender;
  readonly #silence: SilenceWatch;
  readonly #scatter: ScatterWatch;
  readonly #events: BoardConnectionOptions["events"];

  constructor(options: BoardConnectionOptions) {
    const { transport, document, clock, random, events } = options;
    this.#transport = transport;
    this.#events = events;
    this.#sender = new OutboxSender({
      ...options,
      outbox: document.outbox,
      events: { ...events, onDiverged: () => this.#sync.diverge() },
    });
    this.#sync = new BoardSync({
      ...options,
      events: {
        onJoined: (joined) => this.#joined(joined),
        onOperations: (operations, isAcknowledged) => this.#follow(operations, isAcknowledged),
        onDiverged: () => this.#sender.close(),
        onChange: events.onChange,
      },
    });
    this.#scatter = new ScatterWatch(clock, events.onChange);
    this.#silence = new SilenceWatch({
      clock,
      random,
      isExcused: () => this.#sync.state === "joining",
      ask: () => transport.request(BoardEvent.alive),
      onSilent: () => transport.renew(),
    });
    transport.onHeard(() => this.#silence.heard());
    transport.onConnect(() => this.#connected());
    transport.onDisconnect((loss) => this.#disconnected(loss));
    transport.on(BoardEvent.leaving, () => transport.renew());
  }

  get state(): ConnectionState {
    return connectionState(this.#link.state, this.#sync.state);
  }

  /** Why the board is not all here, if that is known to be more than a lost connection. */
  get trouble(): BoardTrouble | undefined {
    return this.#link.state === "closed" ? undefined : (this.#scatter.trouble ?? this.#sync.error);
  }

  /** Why what this page has is not on its way, for a person; undefined when it is. */
  get blockedBy(): string | undefined {
    const trouble = this.#sync.error ?? this.#sender.error ?? this.#scatter.trouble;
    return trouble?.detail ?? (this.#link.state === "connected" ? undefined : "there is no connection");
  }

  open(): void {
    if (this.#link.handle("open")) this.#transport.open();
  }

  close(): void {
    this.#link.handle("close");
    this.#release();
    this.#scatter.close();
    this.#transport.close();
  }

  /** Sends what is new in the outbox. */
  pump(): void {
    this.#sender.pump();
  }

  #connected(): void {
    if (!this.#link.handle("connect")) return;
    this.#scatter.connected();
    this.#sync.connected();
    this.#events.onChange();
  }

  #disconnected(loss: Loss): void {
    this.#scatter.lost(loss);
    this.#link.handle("disconnect");
    this.#release();
    this.#events.onChange();
  }

  /** What belongs to the connection that is gone. */
  #release(): void {
    this.#sender.disconnected();
    this.#sync.disconnected();
    this.#silence.stop();
  }

  #joined(joined: Joined): void {
    this.#silence.start(SILENT_HEADS * joined.headSeconds * 1_000 + HEAD_MARGIN_MS);
    this.#events.onJoined(joined);
    this.#sender.open();
  }

  #follow(operations: readonly CommittedOperation[], isAcknowledged: boolean): void {
    for (const { client } of operations) this.#sender.pace.see(client);
    if (isAcknowledged) this.#sender.acknowledged();
    this.#events.onChange();
  }
}
