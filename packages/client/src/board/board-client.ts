import { type BoardError, itemId, type Joined, type Operation, type Point, type StrokeStyle } from "@crosspod/protocol";
import { BoardConnection } from "../connection/board-connection.ts";
import type { ConnectionState } from "../connection/board-states.ts";
import { BoardDocument } from "../document/board-document.ts";
import type { BoardView } from "../document/board-view.ts";
import { PenStroke } from "../document/pen-stroke.ts";
import { type Eraser, UndoHistory } from "../document/undo-history.ts";
import type { Subscribe } from "../events/emitter.ts";
import { MemoryOutboxStorage, type OutboxStorage } from "../outbox/outbox-storage.ts";
import type { PendingOperation, RemovalListener } from "../outbox/pending-operation.ts";
import type { SaveState } from "../outbox/save-state.ts";
import { type Clock, systemClock } from "../timing/clock.ts";
import { Timer } from "../timing/timer.ts";
import type { SyncError } from "../transport/affinity-monitor.ts";
import type { BoardTransport } from "../transport/board-transport.ts";
import { connectSocket } from "../transport/socket-transport.ts";
import { BoardPresence } from "./board-presence.ts";
import { newClientId, secureRandom } from "./client-id.ts";

/** A crash of the page loses what was drawn in this time at most. */
const FREEZE_AFTER_MS = 100;

/** Which board to draw on, and as whom. */
export interface BoardClientOptions {
  /** Of the service: `http://localhost:3000/`. */
  readonly url: string | URL;
  /** 1 to 64 letters, digits, `-` and `_`; the first is a letter or digit [W2]. */
  readonly board: string;
  /** Of the person, as others see it. */
  readonly name: string;
  /** Where operations wait until they are acknowledged; gone with the process by default. */
  readonly storage?: OutboxStorage;
  /** Makes the connection; over socket.io by default. */
  readonly connect?: (url: string) => BoardTransport;
  /** From 0 up to 1; makes client ids and the jitter of repeats. Nobody can guess the default. */
  readonly random?: () => number;
  /** The platform's own by default. */
  readonly clock?: Clock;
}

/**
 * A person's side of one board: shows what is drawn, sends what this person draws until it is acknowledged, and says
 * truthfully whether it is. It resumes after a lost connection, and sends what earlier pages left behind.
 */
export class BoardClient {
  /** The board as this person sees it: what the log has, with one's own pending operations on top. */
  readonly view: BoardView;
  /** Hears each change of {@link state}. */
  readonly onState: Subscribe<[ConnectionState]>;
  /** Hears each change of {@link saveState}. */
  readonly onSaveState: Subscribe<[SaveState]>;
  /** Hears that {@link syncError} has changed. */
  readonly onSyncError: Subscribe<[SyncError | undefined]>;
  /** Hears why something of this person's was refused for good. */
  readonly onRefused: Subscribe<[BoardError]>;
  /** What this person can take back. */
  readonly history: UndoHistory;
  /** Who is on the board, and where they point. */
  readonly presence: BoardPresence;
  readonly #transport: BoardTransport;
  readonly #document: BoardDocument;
  readonly #connection: BoardConnection;
  readonly #openStrokes = new Set<PenStroke>();
  readonly #freezing: Timer;
  #items = 0;

  constructor(options: BoardClientOptions) {
    const { board, storage = new MemoryOutboxStorage(), random = secureRandom, clock = systemClock } = options;
    const { connect = (url) => connectSocket(url) } = options;
    const transport = connect(`${options.url}`);
    const document = new BoardDocument({ board, storage, newClientId: () => newClientId(random) });
    const context = { board, name: () => this.presence.name, transport, document, clock, random };
    const connection = new BoardConnection(context, {
      onOtherEpoch: () => this.#continueStrokes(),
      onDropped: (dropped) => this.#endStrokesOf(dropped),
    });
    this.view = document.view;
    this.history = new UndoHistory(document.view, (operation, onRemoved) => this.#perform(operation, onRemoved));
    this.presence = new BoardPresence(context, options.name, (error) => connection.refused.emit(error));
    this.onState = connection.state.changed.add;
    this.onSaveState = connection.saveState.changed.add;
    this.onSyncError = connection.syncError.changed.add;
    this.onRefused = connection.refused.add;
    this.#transport = transport;
    this.#document = document;
    this.#connection = connection;
    this.#freezing = new Timer(clock, () => this.flush());
  }

  get state(): ConnectionState {
    return this.#connection.state.value;
  }

  get saveState(): SaveState {
    return this.#connection.saveState.value;
  }

  /** Why the board is not all here, if that is known to be more than a lost connection. */
  get syncError(): SyncError | undefined {
    return this.#connection.syncError.value;
  }

  /** What the service said of itself last: its pod and version, and the board's epoch. */
  get hello(): Joined | undefined {
    return this.#connection.hello;
  }

  /** Connects, and from then on again whenever the connection is lost, until {@link close}. */
  open(): void {
    this.#connection.open();
  }

  /** Connects at once rather than after a pause: the network is back, or the page is visible again. */
  reconnectNow(): void {
    this.#transport.reconnectNow();
  }

  /** Ends it for good. What is not acknowledged stays in the storage, for the next page. */
  close(): void {
    this.flush();
    this.presence.close();
    this.#connection.close();
  }

  /** Puts what is being drawn into the storage as far as it has come: for a page that may be gone in a moment. */
  flush(): void {
    this.#freezing.stop();
    this.#document.outbox.freeze();
    this.#connection.update();
  }

  /** Starts a stroke; others see it while it is drawn. One undo step. */
  beginStroke(style: StrokeStyle, first: Point): PenStroke {
    const stroke = new PenStroke({
      style,
      first,
      step: this.history.begin(),
      newItemId: () => itemId(this.#document.outbox.client, ++this.#items),
      onEnd: () => this.#openStrokes.delete(stroke),
    });
    this.#openStrokes.add(stroke);
    return stroke;
  }

  /** Starts to take items away. One undo step. */
  beginErase(): Eraser {
    return this.history.begin();
  }

  /** Takes everything away. One undo step. */
  clear(): void {
    if (this.view.size === 0) return;
    const step = this.history.begin();
    step.clear();
    step.end();
  }

  #perform(operation: Operation, onRemoved?: RemovalListener): void {
    this.#document.perform(operation, onRemoved);
    this.#connection.performed();
    if (this.#document.outbox.hasDrafts) this.#freezing.start(FREEZE_AFTER_MS);
  }

  /** What was acknowledged in the epoch before may be gone, and an open stroke's next points would have no item. */
  #continueStrokes(): void {
    for (const stroke of this.#openStrokes) if (!this.view.get(stroke.item)) stroke.goOnInNewItem();
  }

  /** The item will never be taken, so further points would have nothing to be added to. */
  #endStrokesOf(dropped: readonly PendingOperation[]): void {
    const ids = new Set(dropped.flatMap(({ operation }) => ("id" in operation ? [operation.id] : [])));
    for (const stroke of this.#openStrokes) if (ids.has(stroke.item)) stroke.end();
  }
}
