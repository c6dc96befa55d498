import {
  type BoardError,
  BoardEvent,
  type ItemId,
  itemId,
  type Joined,
  type Operation,
  type Person,
  type Point,
  parseCursors,
  type StrokeStyle,
} from "@crosspod/protocol";
import { BoardDocument, type RemovalListener } from "./board-document.ts";
import { parseRenamed, parseReply } from "./board-reply.ts";
import { BoardSync } from "./board-sync.ts";
import type { BoardTransport, Loss } from "./board-transport.ts";
import type { BoardTrouble } from "./board-trouble.ts";
import type { BoardView } from "./board-view.ts";
import { newClientId } from "./client-id.ts";
import { type Clock, systemClock } from "./clock.ts";
import { CursorSender } from "./cursor-sender.ts";
import { fittingName } from "./fitting-name.ts";
import { Listeners, type Unsubscribe } from "./listeners.ts";
import type { OutboxMessage } from "./outbox-message.ts";
import { OutboxSender } from "./outbox-sender.ts";
import { MemoryOutboxStorage, type OutboxStorage } from "./outbox-storage.ts";
import { DrawnStroke, type PenStroke } from "./pen-stroke.ts";
import { type CursorPosition, PeopleOnBoard, parsePeople } from "./people.ts";
import { secureRandom } from "./random.ts";
import type { SaveState } from "./save-state.ts";
import { SaveStateWatch } from "./save-state-watch.ts";
import { ScatterWatch } from "./scatter-watch.ts";
import { SilenceWatch } from "./silence-watch.ts";
import { connectSocket } from "./socket-transport.ts";
import { Timer } from "./timer.ts";
import { UndoHistory } from "./undo-history.ts";

/** A crash of the page loses what was drawn in this time at most; a page that is closed in order loses nothing, see {@link BoardClient.flush}. */
const SEAL_AFTER_MS = 100;
/** So many announcements of a head may fail to come … */
const SILENT_HEADS = 2.5;
/** … and the last of them may be late by this. */
const HEAD_MARGIN_MS = 2_000;
/** What somebody is called who has given no name. */
const NAMELESS = "Guest";

/**
 * - `connecting`: there was no connection yet
 * - `catching-up`: connected, but some of the board is still on its way
 * - `live`: what is here is what the board is
 * - `reconnecting`: the connection was lost; one can go on drawing
 * - `closed`: {@link BoardClient.close} was called
 */
export type ConnectionState = "connecting" | "catching-up" | "live" | "reconnecting" | "closed";

export interface BoardClientOptions {
  /** Of the service: `http://localhost:3000/`. */
  readonly url: string | URL;
  readonly board: string;
  /** Of the person, as others see it. */
  readonly name: string;
  /** Where operations wait until they are acknowledged; gone with the process by default. */
  readonly storage?: OutboxStorage;
  /** Makes the connection; over socket.io by default. */
  readonly connect?: (url: string, board: string) => BoardTransport;
  /** From 0 up to 1; makes client ids and the jitter of repeats. Nobody can guess the default. */
  readonly random?: () => number;
  readonly clock?: Clock;
}

/** One sweep of the eraser. */
export interface Eraser {
  /** Takes items away; those that are not on the board do not matter. */
  erase(ids: readonly ItemId[]): void;
  /** From here on it can be undone, as one step. */
  end(): void;
}

/**
 * A person's side of one board: shows what is drawn, by others and by this person, sends what this person does until it is acknowledged, and says truthfully whether it is.
 * It goes on from where it was after a lost connection, and sends what an earlier page left behind.
 */
export class BoardClient {
  readonly #url: string;
  readonly #board: string;
  readonly #connect: (url: string, board: string) => BoardTransport;
  readonly #random: () => number;
  readonly #clock: Clock;
  readonly #document: BoardDocument;
  readonly #history: UndoHistory;
  readonly #people: PeopleOnBoard;
  readonly #sealing: Timer;
  readonly #scatter: ScatterWatch;
  readonly #openStrokes = new Set<DrawnStroke>();
  readonly #stateChanged = new Listeners<[ConnectionState]>();
  readonly #saving = new SaveStateWatch();
  readonly #troubleChanged = new Listeners<[BoardTrouble | undefined]>();
  readonly #refused = new Listeners<[BoardError]>();
  readonly #peopleChanged = new Listeners<[]>();
  readonly #cursorsChanged = new Listeners<[]>();
  readonly #historyChanged = new Listeners<[]>();
  #connection: Connection | undefined;
  #state: ConnectionState = "connecting";
  #trouble: BoardTrouble | undefined;
  #hello: Joined | undefined;
  /** Of the board that the open strokes are part of. */
  #epoch: string | undefined;
  #name: string;
  #items = 0;

  constructor(options: BoardClientOptions) {
    this.#url = `${options.url}`;
    this.#board = options.board;
    this.#name = fittingName(options.name) || NAMELESS;
    this.#connect = options.connect ?? ((url) => connectSocket(url));
    this.#random = options.random ?? secureRandom;
    this.#clock = options.clock ?? systemClock;
    this.#document = new BoardDocument({
      board: options.board,
      storage: options.storage ?? new MemoryOutboxStorage(),
      newClientId: () => newClientId(this.#random),
    });
    this.#history = new UndoHistory(
      this.view,
      (operation, onRemoved) => this.#perform(operation, onRemoved),
      () => this.#historyChanged.emit(),
    );
    this.#people = new PeopleOnBoard(this.#clock, () => this.#peopleChanged.emit());
    this.#sealing = new Timer(this.#clock, () => this.flush());
    this.#scatter = new ScatterWatch(this.#clock, () => this.#update());
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
    return this.#name;
  }

  /** The board as this person sees it: what is committed, with one's own operations that are not on top. */
  get view(): BoardView {
    return this.#document.view;
  }

  get canUndo(): boolean {
    return this.#history.canUndo;
  }

  get canRedo(): boolean {
    return this.#history.canRedo;
  }

  /** Others, and this person: the one with {@link selfId}. */
  get people(): readonly Person[] {
    return this.#people.people;
  }

  /** Of this connection; undefined while there is none. */
  get selfId(): string | undefined {
    return this.#connection?.transport.id;
  }

  /** Where others point, by their ids. */
  get cursors(): ReadonlyMap<string, CursorPosition> {
    return this.#people.cursors;
  }

  /** Connects, and from then on again whenever the connection is lost, until {@link close}. */
  open(): void {
    if (this.#connection || this.#state === "closed") return;
    const transport = this.#connect(this.#url, this.#board);
    const shared = { transport, document: this.#document, clock: this.#clock, random: this.#random };
    const sender = new OutboxSender({
      ...shared,
      events: {
        onProgress: () => this.#update(),
        onRefused: (error, message) => this.#refuse(error, message),
        onBroken: () => sync.ask(),
        onNotJoined: () => this.#connected(),
      },
    });
    const sync = new BoardSync({
      ...shared,
      board: this.#board,
      name: () => this.#name,
      events: {
        onJoined: (joined) => this.#joined(joined),
        onAnswer: () => this.#answered(),
        onChange: () => this.#update(),
      },
    });
    const silence = new SilenceWatch({
      clock: this.#clock,
      random: this.#random,
      isExcused: () => sync.isAwaited,
      ask: () => transport.request(BoardEvent.alive),
      onSilent: () => transport.renew(),
    });
    this.#connection = { transport, sender, sync, silence, cursor: new CursorSender(transport, this.#clock) };
    transport.onHeard(() => silence.heard());
    transport.onConnect(() => this.#connected());
    transport.onDisconnect((loss) => this.#disconnected(loss));
    transport.on(BoardEvent.leaving, () => transport.renew());
    transport.on(BoardEvent.people, (people) => this.#heardPeople(people));
    transport.on(BoardEvent.cursor, (text) => this.#heardCursors(text));
  }

  /** Connects at once rather than after a pause: the network is back, or somebody looks at the page again. */
  wake(): void {
    this.#connection?.transport.wake();
  }

  /** Ends it for good. What is not acknowledged stays in the storage, for the next page. */
  close(): void {
    this.flush();
    this.#sealing.stop();
    this.#scatter.close();
    this.#people.close();
    const connection = this.#connection;
    this.#connection = undefined;
    this.#setState("closed");
    this.#setTrouble(undefined);
    connection?.sender.close();
    connection?.sync.leave();
    connection?.silence.stop();
    connection?.cursor.close();
    connection?.transport.close();
  }

  /** Puts what is being drawn into the storage as far as it has come: for a page that may be gone in the next moment. */
  flush(): void {
    this.#document.outbox.seal();
    this.#update();
  }

  /** Starts a stroke; others see it while it is drawn. One undo step. */
  beginStroke(style: StrokeStyle, first: Point): PenStroke {
    const stroke = new DrawnStroke({
      style,
      first,
      step: this.#history.begin(),
      newItemId: () => this.#newItemId(),
      append: (operation) => this.#perform(operation),
      onEnd: () => this.#openStrokes.delete(stroke),
    });
    this.#openStrokes.add(stroke);
    return stroke;
  }

  /** Starts to take items away. One undo step. */
  beginErase(): Eraser {
    const step = this.#history.begin();
    return { erase: (ids) => step.remove(ids), end: () => step.end() };
  }

  /** Takes everything away. One undo step. */
  clear(): void {
    if (this.view.size === 0) return;
    const step = this.#history.begin();
    step.clear();
    step.end();
  }

  undo(): void {
    this.#history.undo();
  }

  redo(): void {
    this.#history.redo();
  }

  /** The pointer is there, on the board's grid, or has left it. Others may not see every move. */
  moveCursor(point: CursorPosition | undefined): void {
    this.#connection?.cursor.move(point);
  }

  /** Others see the name as soon as the service has taken it; it is the one of every later connection too. */
  rename(name: string): void {
    this.#name = fittingName(name) || NAMELESS;
    void this.#sendName(this.#name);
  }

  onState(listener: (state: ConnectionState) => void): Unsubscribe {
    return this.#stateChanged.add(listener);
  }

  onSaveState(listener: (saveState: SaveState) => void): Unsubscribe {
    return this.#saving.onChange(listener);
  }

  /** Hears that {@link trouble} has changed. */
  onTrouble(listener: (trouble: BoardTrouble | undefined) => void): Unsubscribe {
    return this.#troubleChanged.add(listener);
  }

  /** Hears why something of this person's was refused for good. */
  onRefused(listener: (error: BoardError) => void): Unsubscribe {
    return this.#refused.add(listener);
  }

  onPeople(listener: () => void): Unsubscribe {
    return this.#peopleChanged.add(listener);
  }

  onCursors(listener: () => void): Unsubscribe {
    return this.#cursorsChanged.add(listener);
  }

  /** Hears that {@link canUndo} or {@link canRedo} may have changed. */
  onHistory(listener: () => void): Unsubscribe {
    return this.#historyChanged.add(listener);
  }

  #newItemId(): ItemId {
    this.#items += 1;
    return itemId(this.#document.outbox.client, this.#items);
  }

  #perform(operation: Operation, onRemoved?: RemovalListener): void {
    this.#saving.performed();
    this.#document.perform(operation, onRemoved);
    this.#connection?.sender.pump();
    if (this.#document.outbox.hasDrafts) this.#sealing.start(SEAL_AFTER_MS);
    this.#update();
  }

  #connected(): void {
    this.#scatter.connected();
    this.#connection?.sender.close();
    this.#connection?.sync.join();
    this.#setState("catching-up");
    this.#update();
  }

  #joined(joined: Joined): void {
    this.#hello = joined;
    this.#connection?.silence.start(SILENT_HEADS * joined.headSeconds * 1_000 + HEAD_MARGIN_MS);
    this.#connection?.sender.open();
  }

  #answered(): void {
    this.#document.rebaseBroken();
    this.#followEpoch();
    this.#connection?.sender.resume();
  }

  /** What was acknowledged in another epoch is gone: more points of a stroke that is being drawn would have nothing to be added to. */
  #followEpoch(): void {
    const before = this.#epoch;
    this.#epoch = this.#document.replica.epoch;
    if (before === undefined || before === this.#epoch) return;
    for (const stroke of this.#openStrokes) if (!this.view.get(stroke.item)) stroke.goOnInNewItem();
  }

  #disconnected(loss: Loss): void {
    this.#scatter.lost(loss);
    this.#connection?.sender.close();
    this.#connection?.sync.leave();
    this.#connection?.silence.stop();
    this.#setState("reconnecting");
    this.#update();
  }

  #refuse(error: BoardError, { client, firstN }: OutboxMessage): void {
    const dropped = this.#document.refuse(client, error.n ?? firstN, error);
    const ids = new Set(dropped.flatMap(({ operation }) => ("id" in operation ? [operation.id] : [])));
    // What else would be drawn of them would have nothing to be added to.
    for (const stroke of this.#openStrokes) if (ids.has(stroke.item)) stroke.end();
    this.#saving.refused(error);
    this.#refused.emit(error);
    this.#update();
  }

  async #sendName(name: string): Promise<void> {
    try {
      const reply = parseReply(await this.#connection?.transport.request(BoardEvent.name, name), parseRenamed);
      if ("error" in reply && reply.error.code === "bad-name") this.#refused.emit(reply.error);
    } catch {
      // There is no connection: the next one joins under this name.
    }
  }

  #heardPeople(value: unknown): void {
    const people = parsePeople(value);
    if (people) this.#people.heard(people);
  }

  #heardCursors(text: unknown): void {
    if (typeof text !== "string") return;
    this.#people.moved(parseCursors(text).filter(({ id }) => id !== this.selfId));
    this.#cursorsChanged.emit();
  }

  /** Draws all states from what is known. */
  #update(): void {
    const { sync, sender } = this.#connection ?? {};
    if (this.#document.hasDoubts) sync?.ask();
    if (sync?.isJoined) this.#setState(sync.isComplete ? "live" : "catching-up");
    this.#saving.update({
      outbox: this.#document.outbox,
      isJoined: sync?.isJoined ?? false,
      trouble: sync?.trouble ?? sender?.trouble ?? this.#scatter.trouble,
    });
    this.#setTrouble(this.#scatter.trouble ?? (this.#state === "catching-up" ? sync?.trouble : undefined));
  }

  #setTrouble(trouble: BoardTrouble | undefined): void {
    if (this.#trouble === trouble) return;
    this.#trouble = trouble;
    this.#troubleChanged.emit(trouble);
  }

  #setState(state: ConnectionState): void {
    if (this.#state === state || this.#state === "closed") return;
    this.#state = state;
    this.#stateChanged.emit(state);
  }
}

/** What exists once a client was opened. */
interface Connection {
  readonly transport: BoardTransport;
  readonly sender: OutboxSender;
  readonly sync: BoardSync;
  readonly silence: SilenceWatch;
  readonly cursor: CursorSender;
}
