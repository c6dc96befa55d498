import { type BoardError, BoardEvent, type ClientId, type Joined } from "@crosspod/protocol";
import { Emitter } from "../events/emitter.ts";
import { Observable } from "../events/observable.ts";
import { StateMachine } from "../events/state-machine.ts";
import type { PendingOperation } from "../outbox/pending-operation.ts";
import { type SaveState, saveStateOf } from "../outbox/save-state.ts";
import { LivenessMonitor } from "../timing/liveness-monitor.ts";
import { AffinityMonitor, type SyncError } from "../transport/affinity-monitor.ts";
import type { DisconnectReason } from "../transport/board-transport.ts";
import type { BoardContext } from "./board-context.ts";
import { type ConnectionState, connectionState, LINK_TRANSITIONS } from "./board-states.ts";
import { BoardSync } from "./board-sync.ts";
import { OutboxSender } from "./outbox-sender.ts";

/** A connection is dead when so many heads in a row did not come … */
const SILENT_HEADS = 2.5;
/** … and the last of them is late by this. */
const HEAD_MARGIN_MS = 2_000;

export interface BoardConnectionEvents {
  /** The board is there again, in another epoch. */
  readonly onOtherEpoch: () => void;
  /** Operations are gone that will never be taken. */
  readonly onDropped: (dropped: readonly PendingOperation[]) => void;
}

/** Keeps a document and a service in agreement, over one connection after the other, and says how that goes. */
export class BoardConnection {
  readonly state = new Observable<ConnectionState>("connecting");
  readonly saveState = new Observable<SaveState>({ state: "saved" });
  readonly syncError = new Observable<SyncError | undefined>(undefined);
  /** Hears why operations were refused for good. */
  readonly refused = new Emitter<[BoardError]>();
  readonly #context: BoardContext;
  readonly #events: BoardConnectionEvents;
  readonly #link = new StateMachine(LINK_TRANSITIONS, "idle");
  readonly #sync: BoardSync;
  readonly #sender: OutboxSender;
  readonly #liveness: LivenessMonitor;
  readonly #affinity: AffinityMonitor;
  #hello: Joined | undefined;
  /** What was refused since this person did something last. */
  #refusal: BoardError | undefined;

  constructor(context: BoardContext, events: BoardConnectionEvents) {
    const { transport, clock, random } = context;
    this.#context = context;
    this.#events = events;
    const onChange = (): void => this.update();
    this.#sender = new OutboxSender(context, {
      onChange,
      onRefused: (client, clientSeq, error) => this.#refuse(client, clientSeq, error),
      onDiverged: () => this.#sync.diverge(),
    });
    this.#sync = new BoardSync(context, this.#sender, { onChange, onJoined: (joined) => this.#joined(joined) });
    this.#affinity = new AffinityMonitor(clock, onChange);
    this.#liveness = new LivenessMonitor({
      clock,
      random,
      isExcused: () => this.#sync.state === "joining",
      ask: () => transport.request(BoardEvent.alive),
      onSilent: () => transport.reconnect(),
    });
    transport.onHeard(() => this.#liveness.heard());
    transport.onConnect(() => this.#connected());
    transport.onDisconnect((reason) => this.#disconnected(reason));
    transport.on(BoardEvent.leaving, () => transport.reconnect());
    this.update();
  }

  get hello(): Joined | undefined {
    return this.#hello;
  }

  open(): void {
    if (this.#link.handle("open")) this.#context.transport.open();
  }

  close(): void {
    this.#link.handle("close");
    this.#release();
    this.#affinity.close();
    this.#context.transport.close();
    this.update();
  }

  /** The outbox has more. */
  performed(): void {
    this.#refusal = undefined;
    this.#sender.pump();
    this.update();
  }

  #connected(): void {
    if (!this.#link.handle("connect")) return;
    this.#affinity.connected();
    this.#sync.connected();
    this.update();
  }

  #disconnected(reason: DisconnectReason): void {
    this.#affinity.disconnected(reason);
    this.#link.handle("disconnect");
    this.#release();
    this.update();
  }

  /** What belongs to the connection that is gone. */
  #release(): void {
    this.#sender.disconnected();
    this.#sync.disconnected();
    this.#liveness.stop();
  }

  #joined(joined: Joined): void {
    const before = this.#hello;
    this.#hello = joined;
    this.#liveness.start(SILENT_HEADS * joined.headSeconds * 1_000 + HEAD_MARGIN_MS);
    if (before && before.epoch !== joined.epoch) this.#events.onOtherEpoch();
  }

  #refuse(client: ClientId, clientSeq: number, error: BoardError): void {
    this.#events.onDropped(this.#context.document.refuse(client, clientSeq, error));
    this.#refusal = error;
    this.refused.emit(error);
    this.update();
  }

  /** Publishes the states as they are now. */
  update(): void {
    const { error } = this.#sync;
    const noAffinity = this.#affinity.error;
    const isConnected = this.#link.state === "connected";
    const reason = error ?? this.#sender.error ?? noAffinity;
    const blockedBy = reason?.detail ?? (isConnected ? undefined : "there is no connection");
    this.state.value = connectionState(this.#link.state, this.#sync.state);
    this.saveState.value = saveStateOf(this.#context.document.outbox, this.#refusal, blockedBy);
    this.syncError.value = this.#link.state === "closed" ? undefined : (noAffinity ?? error);
  }
}
