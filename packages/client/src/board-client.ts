import type { BoardError, Joined, Person, Point, StrokeStyle } from "@crosspod/protocol";
import type { SyncError } from "./affinity-monitor.ts";
import type { BoardClientOptions } from "./board-client-options.ts";
import { BoardConnection } from "./board-connection.ts";
import { BoardDocument } from "./board-document.ts";
import { BoardEditor, type Eraser } from "./board-editor.ts";
import { BoardPresence } from "./board-presence.ts";
import type { ConnectionState } from "./board-states.ts";
import type { BoardTransport } from "./board-transport.ts";
import type { BoardView } from "./board-view.ts";
import { newClientId, secureRandom } from "./client-id.ts";
import { systemClock } from "./clock.ts";
import type { Subscribe } from "./emitter.ts";
import { MemoryOutboxStorage } from "./outbox-storage.ts";
import type { PenStroke } from "./pen-stroke.ts";
import type { SaveState } from "./save-state.ts";
import { connectSocket } from "./socket-transport.ts";

/**
 * A person's side of one board: shows what is drawn, sends what this person draws until it is acknowledged, and says
 * truthfully whether it is. It resumes after a lost connection, and sends what earlier pages left behind.
 */
export class BoardClient {
  /** The board as this person sees it: what is committed, with one's own operations that are not on top. */
  readonly view: BoardView;
  readonly onState: Subscribe<[ConnectionState]>;
  readonly onSaveState: Subscribe<[SaveState]>;
  /** Hears that {@link syncError} has changed. */
  readonly onSyncError: Subscribe<[SyncError | undefined]>;
  /** Hears why something of this person's was refused for good. */
  readonly onRefused: Subscribe<[BoardError]>;
  readonly onPeople: Subscribe<[]>;
  readonly onCursors: Subscribe<[]>;
  /** Hears that {@link canUndo} or {@link canRedo} may have changed. */
  readonly onHistory: Subscribe<[]>;
  readonly #transport: BoardTransport;
  readonly #editor: BoardEditor;
  readonly #presence: BoardPresence;
  readonly #connection: BoardConnection;

  constructor(options: BoardClientOptions) {
    const { board, storage = new MemoryOutboxStorage(), random = secureRandom, clock = systemClock } = options;
    const connect = options.connect ?? ((url) => connectSocket(url));
    const transport = connect(`${options.url}`, board);
    const document = new BoardDocument({ board, storage, newClientId: () => newClientId(random) });
    const editor = new BoardEditor(document, clock, {
      onPerformed: () => connection.performed(),
      onFlushed: () => connection.update(),
    });
    const context = { board, name: () => this.name, transport, document, clock, random };
    const connection = new BoardConnection(context, editor);
    const presence = new BoardPresence(context, options.name, (error) => connection.refused.emit(error));
    this.view = document.view;
    this.onState = connection.state.changed.add;
    this.onSaveState = connection.saveState.changed.add;
    this.onSyncError = connection.syncError.changed.add;
    this.onRefused = connection.refused.add;
    this.onPeople = presence.peopleChanged.add;
    this.onCursors = presence.cursorsChanged.add;
    this.onHistory = editor.history.changed.add;
    this.#transport = transport;
    this.#editor = editor;
    this.#connection = connection;
    this.#presence = presence;
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

  get name(): string {
    return this.#presence.name;
  }

  get canUndo(): boolean {
    return this.#editor.history.canUndo;
  }

  get canRedo(): boolean {
    return this.#editor.history.canRedo;
  }

  /** Others, and this person: the one with {@link selfId}. */
  get people(): readonly Person[] {
    return this.#presence.people;
  }

  /** Of this connection; undefined while there is none. */
  get selfId(): string | undefined {
    return this.#transport.id;
  }

  /** Where others point, by their ids. */
  get cursors(): ReadonlyMap<string, Point> {
    return this.#presence.cursors;
  }

  /** Connects, and from then on again whenever the connection is lost, until {@link close}. */
  open(): void {
    this.#connection.open();
  }

  /** Connects at once rather than after a pause: the network is back, or somebody looks at the page again. */
  reconnectNow(): void {
    this.#transport.reconnectNow();
  }

  /** Ends it for good. What is not acknowledged stays in the storage, for the next page. */
  close(): void {
    this.flush();
    this.#presence.close();
    this.#connection.close();
  }

  /** Puts what is being drawn into the storage as far as it has come: for a page that may be gone in a moment. */
  flush(): void {
    this.#editor.flush();
  }

  /** Starts a stroke; others see it while it is drawn. One undo step. */
  beginStroke(style: StrokeStyle, first: Point): PenStroke {
    return this.#editor.beginStroke(style, first);
  }

  /** Starts to take items away. One undo step. */
  beginErase(): Eraser {
    return this.#editor.beginErase();
  }

  /** Takes everything away. One undo step. */
  clear(): void {
    this.#editor.clear();
  }

  undo(): void {
    this.#editor.history.undo();
  }

  redo(): void {
    this.#editor.history.redo();
  }

  /** The pointer is there, on the board's grid, or has left it. Others may not see every move. */
  moveCursor(point: Point | undefined): void {
    this.#presence.moveCursor(point);
  }

  /** Others see the name as soon as the service has taken it; it is the one of every later connection, too. */
  rename(name: string): void {
    this.#presence.rename(name);
  }
}
