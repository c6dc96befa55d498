import { BoardEvent, type Head, type People as PeopleMessage, type Point } from "@crosspod/protocol";
import type { Server, Socket } from "socket.io";
import { type BoardStore, ignoreStoreError } from "./board-store.ts";
import { Cursors } from "./cursors.ts";
import type { FanOut } from "./fan-out.ts";
import { People } from "./people.ts";

/** What the rooms of a pod share. */
export interface RoomContext {
  readonly io: Server;
  readonly store: BoardStore;
  readonly fanOut: FanOut;
  readonly pod: string;
  readonly headSeconds: number;
  /** Told of what nobody foresaw. */
  readonly failed: (error: unknown) => void;
}

/** The clients of one board on this pod. What goes to all of a board's clients goes through socket.io, so that an adapter takes it to the other pods, too. */
export class BoardRoom {
  readonly board: string;
  readonly #context: RoomContext;
  readonly #viewers = new Set<Socket>();
  // A change is rare and is not dropped: between two long polls a client would miss it nearly always. A repetition can be.
  readonly #people = new People(
    (people) => this.#everyone.emit(BoardEvent.people, this.#message(people)),
    (people) => this.#everyone.volatile.emit(BoardEvent.people, this.#message(people)),
  );
  readonly #cursors = new Cursors((text) => this.#everyone.volatile.emit(BoardEvent.cursor, text));
  readonly #heads: NodeJS.Timeout;
  #head: Head | undefined;
  #isAskingForHead = false;

  constructor(board: string, context: RoomContext) {
    this.board = board;
    this.#context = context;
    this.#heads = setInterval(() => void this.#announceHead().catch(context.failed), context.headSeconds * 1_000);
  }

  get isEmpty(): boolean {
    return this.#viewers.size === 0;
  }

  /** Resolves when the client is sent what is committed from now on, on whichever pod. */
  async enter(socket: Socket): Promise<void> {
    this.#viewers.add(socket);
    await socket.join(roomName(this.board));
    await this.#context.fanOut.entered();
  }

  /** Shows the client to the others, and tells it who is here. */
  introduce(socket: Socket, name: string): void {
    this.rename(socket, name);
    socket.emit(BoardEvent.people, this.#message(this.#people.list()));
  }

  rename(socket: Socket, name: string): void {
    this.#people.set(socket.id, name);
  }

  async leave(socket: Socket): Promise<void> {
    this.#viewers.delete(socket);
    this.#cursors.move(socket.id, undefined);
    this.#people.delete(socket.id);
    if (this.isEmpty) this.#close();
    await socket.leave(roomName(this.board));
  }

  moveCursor(socket: Socket, point: Point | undefined): void {
    this.#cursors.move(socket.id, point);
  }

  /** Takes note of the epoch that the store has the board in; when it is another one, the clients hear it at once [W10]. */
  saw({ epoch, seq }: Head): void {
    const changed = this.#head !== undefined && this.#head.epoch !== epoch;
    this.#head = { epoch, seq };
    if (changed) this.#sendHead(this.#head);
  }

  get #everyone() {
    return this.#context.io.to(roomName(this.board));
  }

  /** Each pod asks the store itself, so this goes to its own clients only. A store that is away or slow has no news: the clients hear the last head again, and so that this pod is there [W10]. */
  async #announceHead(): Promise<void> {
    if (!this.#isAskingForHead) await this.#askForHead();
    if (this.#head && !this.isEmpty) this.#sendHead(this.#head);
  }

  async #askForHead(): Promise<void> {
    this.#isAskingForHead = true;
    try {
      this.#head = await this.#context.store.head(this.board);
    } catch (error) {
      ignoreStoreError(error);
    } finally {
      this.#isAskingForHead = false;
    }
  }

  #sendHead(head: Head): void {
    this.#context.io.local.to(roomName(this.board)).emit(BoardEvent.head, head);
  }

  #message(people: PeopleMessage["people"]): PeopleMessage {
    return { pod: this.#context.pod, people };
  }

  #close(): void {
    clearInterval(this.#heads);
    this.#people.close();
    this.#cursors.close();
    this.#everyone.volatile.emit(BoardEvent.people, this.#message([]));
  }
}

/**
 * The room of socket.io that a board's clients are in, on whichever pod. Its length is never 20: the Redis adapter takes such a room for a single client's, and sends what goes to it to all pods. The braces make the board the
 * hash tag of the room's channel, as of its keys.
 */
export const roomName = (board: string): string => `crosspod-board-clients:{${board}}`;
