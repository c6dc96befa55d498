import type { Position } from "../position.ts";
import type { BoardError } from "./board-error.ts";
import type { ClientId } from "./board-operation.ts";

/** The version of all this; a client and a pod with different ones do not understand each other [W14]. */
export const BOARD_PROTOCOL = 2;

/** The events of the whiteboard's socket.io connection; those that are sent most have the shortest names [W8]. */
export const BoardEvent = {
  /** Client: {@link JoinRequest}, a board and what is known of it; answered with a {@link Reply} of {@link Joined}. */
  join: "join",
  /**
   * Client: {@link ClientId}, number of the first operation, `encodeOperations`; no reply.
   * Server: sequence number of the first, text of the log, sequence number up to which the store is safe.
   */
  operations: "o",
  /** Server: {@link ClientId}, and the {@link BoardError} for which its operations were not taken [W6]. */
  refused: "refused",
  /** Client: asks whether the pod is there; answered with a {@link Reply} of nothing [W10]. */
  alive: "alive",
  /** Server: {@link Head}, every few seconds, and when the board is not what it was. */
  head: "head",
  /** Server: this pod is leaving; connect again [A3]. */
  leaving: "leaving",
  /**
   * Client: `x`, `y` on the board's grid, or nothing when the pointer has left. Server: `encodeCursors`.
   * Never stored, dropped first.
   */
  cursor: "c",
  /** Client: a new name for this person; answered with a {@link Reply} of `{name}`, as it was taken. */
  name: "name",
  /** Server: who one pod has on this board: {@link People}. */
  people: "people",
  /** Both: one segment of the original example [W12]. */
  drawing: "drawing",
} as const;

/** The answer to an event: what it asked for, or why not. */
export type Reply<T> = { readonly ok: T } | { readonly error: BoardError };

/** Where socket.io is, as its clients expect it [W1]. */
export const SOCKET_PATH = "/socket.io/";

/** The query of a handshake: without it, a connection is taken for one of the original example until it joins [W12]. */
export const BOARD_CLIENT_QUERY = { client: "crosspod" } as const;

/** Clients that a `join` may name: a page's own, and those of pages before it that left something. */
export const MAX_JOINED_CLIENTS = 256;

export interface JoinRequest {
  readonly protocol: number;
  readonly board: string;
  /** Of the person, as others see it: 1 to {@link MAX_NAME_LENGTH} characters. */
  readonly name: string;
  /** Who will send operations, 1 to {@link MAX_JOINED_CLIENTS}: this page's own first, then those that it sends for. */
  readonly clients: readonly ClientId[];
  /** What the client knows already; without it the reply has the whole board. */
  readonly known?: Position;
}

export const MAX_NAME_LENGTH = 32;

/** How a client gets from what it knows to what the board is [W10]. */
export interface History extends Position {
  /** `encodeItems` of the whole board before `operations`; without it they follow what the client knows. */
  readonly items?: string;
  /** Text of the log, up to `seq`. */
  readonly operations: string;
}

export interface Joined extends History {
  readonly protocol: number;
  readonly pod: string;
  readonly version: string;
  /** For each of the join's `clients` the newest number that the store has of it, as of `seq`; 0 when there is none. */
  readonly clientSeqs: readonly number[];
  /** A board's head is announced this often, at least: a connection that is silent for much longer is dead [W10]. */
  readonly headSeconds: number;
}

export type Head = Pick<Position, "epoch" | "seq">;

/** A person who is on the board now. */
export interface Person {
  /** Of the connection. */
  readonly id: string;
  readonly name: string;
}

/**
 * The people of one pod on a board, sent at each change and every few seconds. A pod that was silent for {@link
 * PEOPLE_TTL_SECONDS} has nobody [W11].
 */
export interface People {
  readonly pod: string;
  readonly people: readonly Person[];
}

export const PEOPLE_TTL_SECONDS = 15;

/** Where a person's pointer is, on the board's grid; without `x` and `y` it has left. */
export interface Cursor {
  readonly id: string;
  readonly x?: number;
  readonly y?: number;
}

/** Writes cursors as text: `id x y` or `id`, with `;` between them. */
export const encodeCursors = (cursors: readonly Cursor[]): string =>
  cursors.map(({ id, x, y }) => (x === undefined || y === undefined ? id : `${id} ${x} ${y}`)).join(";");

/** Reads what {@link encodeCursors} wrote; what cannot be read is left out. */
export function parseCursors(text: string): Cursor[] {
  return text.split(";").flatMap((part) => {
    const [id = "", x, y] = part.split(" ");
    if (id === "") return [];
    return x === undefined || y === undefined ? [{ id }] : [{ id, x: Number(x), y: Number(y) }];
  });
}
