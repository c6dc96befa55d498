import type { BoardError, ClientId, Joined, Person, Point, StrokeStyle } from "@crosspod/protocol";
import type { BoardClientOptions } from "./board-client-options.ts";
import { BoardConnection } from "./board-connection.ts";
import { BoardDocument } from "./board-document.ts";
import { BoardEditor, type Eraser } from "./board-editor.ts";
import { BoardPresence } from "./board-presence.ts";
import type { ConnectionState } from "./board-states.ts";
import type { BoardTransport } from "./board-transport.ts";
import type { BoardTrouble } from "./board-trouble.ts";
import type { BoardView } from "./board-view.ts";
import { newClientId } from "./client-id.ts";
import { systemClock } from "./clock.ts";
import { Listeners, type Subscribe } from "./listeners.ts";
import { MemoryOutboxStorage } from "./outbox-storage.ts";
import type { PenStroke } from "./pen-stroke.ts";
import type { CursorPosition } from "./people.ts";
import { secureRandom } from "./random.ts";
import type { SaveState } from "./save-state.ts";
import { SaveStateWatch } from "./save-state-watch.ts";
import { connectSocket } from "./socket-transport.ts";
import { Timer } from "./timer.ts";

/** A crash of the page loses what was drawn in this time at most; see {@link BoardClient.flush} for a page that closes. */
const SEAL_AFTER_MS = 100;

/**
 * A person's side of one board: shows what is drawn, by others and by this person, sends what this person does until
 * it is acknowledged, and says truthfully whether it is. It resumes after a lost connection, and sends what earlier
 * pages left behind.
 */
export class BoardClient {
  /** The board as this person sees it: what is committed, with one's own operations that are not on top. */
  readonly view: BoardView;
  readonly onState: Subscribe<[ConnectionState]>;
  readonly onSaveState: Subscribe<[SaveState]>;
  /** Hears that {@link trouble} has changed. */
  readonly onTrouble: Subscribe<[BoardTrouble | undefined]>;
  /** Hears why something of this person's was refused for good. */
  readonly onRefused: Subscribe<[BoardError]>;
  readonly onPeople: Subscribe<[]>;
  readonly onCursors: Subscribe<[]>;
  /** Hears that {@link canUndo} or {@link canRedo} may have changed. */
  readonly onHistory: Subscribe<[]>;
  readonly #transport: BoardTransport;
  readonly #document: BoardDocument;
  readonly #editor: BoardEditor;
  readonly #presence: BoardPresence;
  readonly #connection: BoardConnection;
  readonly #sealing: Timer;
  readonly #saving = new SaveStateWatch();
  readonly #stateChanged = new Listeners<[ConnectionState]>();
  readonly #troubleChanged = new Listeners<[BoardTrouble | undefined]>();
  readonly #refused = new Listeners<[BoardError]>();
  #state: ConnectionState = "connecting";
  #trouble: BoardTrouble | undefined;
  #hello: Joined | undefined;

  constructor(options: BoardClientOptions) {
    const { board, storage = new MemoryOutboxStorage(), random = secureRandom, clock = systemClock } = options;
    const connect = options.connect ?? ((url) => connectSocket(url));
    const transport = connect(`${options.url}`, board);
    this.#transport = transport;
    this.#document = new BoardDocument({ board, storage, newClientId: () => newClientId(random) });
    this.#editor = new BoardEditor(this.#document, () => this.#performed());
    this.#presence = new BoardPresence({
      name: options.name,
      transport,
      clock,
      onRefused: (error) => this.#refused.emit(error),
    });
    this.#connection = new BoardConnection({
      board,
      name: () => this.name,
      transport,
      document: this.#document,
      clock,
      random,
      events: {
        onJoined: (joined) => this.#joined(joined),
        onRefused: (client, clientSeq, error) => this.#refuse(client, clientSeq, error),
        onChange: () => this.#update(),
      },
    });
    this.#sealing = new Timer(clock, () => this.flush());
    this.view = this.#document.view;
    this.onState = this.#stateChanged.add;
    this.onSaveState = this.#saving.changed.add;
    this.onTrouble = this.#troubleChanged.add;
    this.onRefused = this.#refused.add;
    this.onPeople = this.#presence.peopleChanged.add;
    this.onCursors = this.#presence.cursorsChanged.add;
    this.onHistory = this.#editor.historyChanged.add;
    this.#update();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get saveState(): SaveState {
    return this.#saving.state;
  }

  /** Why the board is not all here, if that is known to be more than a lost connection. */
  get trouble(): BoardTrouble | undefined {
    return this.#trouble;
  }

  /** What the service said of itself last: its pod and version, and the board's epoch. */
  get hello(): Joined | undefined {
    return this.#hello;
  }

  get name(): string {
    return this.#presence.name;
  }

  get canUndo(): boolean {
    return this.#editor.canUndo;
  }

  get canRedo(): boolean {
    return this.#editor.canRedo;
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
  get cursors(): ReadonlyMap<string, CursorPosition> {
    return this.#presence.cursors;
  }

  /** Connects, and from then on again whenever the connection is lost, until {@link close}. */
  open(): void {
    this.#connection.open();
    this.#update();
  }

  /** Connects at once rather than after a pause: the network is back, or somebody looks at the page again. */
  wake(): void {
    this.#transport.wake();
  }

  /** Ends it for good. What is not acknowledged stays in the storage, for the next page. */
  close(): void {
    this.flush();
    this.#sealing.stop();
    this.#presence.close();
    this.#connection.close();
    this.#update();
  }

  /** Puts what is being drawn into the storage as far as it has come: for a page that may be gone in the next moment. */
  flush(): void {
    this.#document.outbox.seal();
    this.#update();
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
    this.#editor.undo();
  }

  redo(): void {
    this.#editor.redo();
  }

  /** The pointer is there, on the board's grid, or has left it. Others may not see every move. */
  moveCursor(point: CursorPosition | undefined): void {
    this.#presence.move(point);
  }

  /** Others see the name as soon as the service has taken it; it is the one of every later connection, too. */
  rename(name: string): void {
    this.#presence.rename(name);
  }

  #performed(): void {
    this.#saving.performed();
    this.#connection.pump();
    if (this.#document.outbox.hasDrafts) this.#sealing.start(SEAL_AFTER_MS);
    this.#update();
  }

  #joined(joined: Joined): void {
    this.#hello = joined;
    this.#editor.followEpoch(joined.epoch);
  }

  #refuse(client: ClientId, clientSeq: number, error: BoardError): void {
    this.#editor.refuse(client, clientSeq, error);
    this.#saving.refused(error);
    this.#refused.emit(error);
    this.#update();
  }

  /** Tells what is different from before. */
  #update(): void {
    const { state, trouble, blockedBy } = this.#connection;
    if (state !== this.#state) {
      this.#state = state;
      this.#stateChanged.emit(state);
    }
    this.#saving.update(this.#document.outbox, blockedBy);
    if (trouble !== this.#trouble) {
      this.#trouble = trouble;
      this.#troubleChanged.emit(trouble);
    }
  }
}
