import {
  type Acknowledged,
  type BoardError,
  BoardEvent,
  type Joined,
  type Renamed,
  type Reply,
} from "@crosspod/protocol";
import type { Socket } from "socket.io";
import type { BoardMetrics } from "./board-metrics.ts";
import {
  type Arguments,
  parseCursor,
  parseJoin,
  parseName,
  parseSince,
  parseSubmission,
  refuse,
} from "./board-request.ts";
import type { BoardRoom } from "./board-room.ts";
import type { BoardRooms } from "./board-rooms.ts";
import { type BoardStore, BoardStoreError, toBoardError } from "./board-store.ts";
import type { Committer } from "./committer.ts";
import { taken } from "./taken.ts";

/** What the connections of a pod share. */
export interface BoardContext {
  readonly store: BoardStore;
  readonly committer: Committer;
  readonly rooms: BoardRooms;
  readonly metrics: BoardMetrics;
  readonly pod: string;
  readonly version: string;
  readonly headSeconds: number;
}

/** One connection that speaks the whiteboard's protocol: answers its events, whatever comes with them. */
export class BoardSocket {
  readonly #socket: Socket;
  readonly #context: BoardContext;
  #room: BoardRoom | undefined;
  /** Joins and reads are done one after the other, each when the connection has taken the reply to the last: it is on one board at a time, and no more than two whole boards wait for it. */
  #reads: Promise<unknown> = Promise.resolve();

  constructor(socket: Socket, context: BoardContext) {
    this.#socket = socket;
    this.#context = context;
  }

  /** Does what an event asks for. Never rejects. */
  async receive(event: string, args: Arguments): Promise<Reply<unknown>> {
    try {
      return await this.#answer(event, args);
    } catch (error) {
      if (error instanceof BoardStoreError) return { error: toBoardError(error) };
      throw error;
    }
  }

  /** Leaves the board, after a join that is under way. */
  leave(): Promise<unknown> {
    this.#reads = this.#reads.then(() => this.#leaveRoom());
    return this.#reads;
  }

  #answer(event: string, args: Arguments): Promise<Reply<unknown>> | Reply<unknown> {
    switch (event) {
      case BoardEvent.join:
        return this.#inTurn(() => this.#join(args));
      case BoardEvent.operations:
        return this.#commit(args);
      case BoardEvent.since:
        return this.#inTurn(() => this.#readSince(args));
      case BoardEvent.alive:
        return { ok: {} };
      case BoardEvent.cursor:
        return this.#moveCursor(args);
      case BoardEvent.name:
        return this.#rename(args);
      default:
        return refuse("malformed", "there is no such event");
    }
  }

  #inTurn<T>(read: () => Promise<T>): Promise<T> {
    const reading = this.#reads.then(() => taken(this.#socket)).then(read);
    // The next waits for this one, however it ends; who asked for this one hears how.
    this.#reads = reading.catch(() => undefined);
    return reading;
  }

  async #join(args: Arguments): Promise<Reply<Joined>> {
    const request = parseJoin(args);
    if ("error" in request) return request;
    const { store, rooms, metrics, pod, version, headSeconds } = this.#context;
    const { board, client, name, epoch, seq } = request.ok;
    const known = epoch !== undefined && seq !== undefined ? { epoch, seq } : undefined;
    await this.#leaveRoom();
    // First in, then read: what is committed in between comes as a message, and nothing is missed.
    this.#room = await rooms.enter(board, this.#socket);
    try {
      const { history, n } = await store.join(board, client, known);
      this.#room.saw(history);
      this.#room.introduce(this.#socket, name);
      if (known && history.items !== undefined) metrics.resync("join");
      return { ok: { ...history, n, pod, version, headSeconds } };
    } catch (error) {
      await this.#leaveRoom();
      throw error;
    }
  }

  async #leaveRoom(): Promise<void> {
    const room = this.#room;
    this.#room = undefined;
    if (room) await this.#context.rooms.leave(room, this.#socket);
  }

  async #commit(args: Arguments): Promise<Reply<Acknowledged>> {
    if (!this.#room) return notJoined;
    const request = parseSubmission(args);
    if ("error" in request) return request;
    const { textLength, ...submission } = request.ok;
    const { committer, metrics } = this.#context;
    const { n, repeats, error } = await committer.submit(this.#room.board, submission, textLength);
    metrics.resent(repeats);
    if (error?.code === "gap") metrics.resync("gap");
    return error ? { error } : { ok: { n } };
  }

  async #readSince(args: Arguments): Promise<Reply<unknown>> {
    if (!this.#room) return notJoined;
    const known = parseSince(args);
    if ("error" in known) return known;
    const room = this.#room;
    const history = await this.#context.store.history(room.board, known.ok);
    room.saw(history);
    this.#context.metrics.resync("since");
    return { ok: history };
  }

  #moveCursor(args: Arguments): Reply<unknown> {
    if (!this.#room) return notJoined;
    const cursor = parseCursor(args);
    if ("error" in cursor) return cursor;
    this.#room.moveCursor(this.#socket, cursor.ok);
    return { ok: {} };
  }

  #rename(args: Arguments): Reply<Renamed> {
    if (!this.#room) return notJoined;
    const name = parseName(args);
    if ("error" in name) return name;
    this.#room.rename(this.#socket, name.ok);
    return { ok: { name: name.ok } };
  }
}

const notJoined: { readonly error: BoardError } = refuse("not-joined", "join a board first");
