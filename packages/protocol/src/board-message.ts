import type { BoardError } from "./board-error.ts";
import type { ClientId } from "./board-operation.ts";

/**
 * The events of the whiteboard's socket.io connection, by what they mean; those that are sent most have the shortest names [W8].
 */
export const BoardEvent = {
  /** Client: which board, and what is known of it already: {@link JoinRequest}, answered with a {@link Reply} of {@link Joined}. */
  join: "join",
  /** Client: {@link ClientId}, number of the first operation, `encodeOperations`; answered with a {@link Reply} of {@link Acknowledged}. Server: sequence number of the first, `encodeCommitted`. */
  operations: "o",
  /** Client: epoch and sequence number up to which it knows the board; answered with a {@link Reply} of {@link History}. */
  since: "since",
  /** Client: is anybody there? Answered with a {@link Reply} of nothing [W10]. */
  alive: "alive",
  /** Server: the newest sequence number, every few seconds and when the epoch has changed: {@link Head}. */
  head: "head",
  /** Server: this pod is leaving; connect again [A3]. */
  leaving: "leaving",
  /** Client: `x`, `y` on the board's grid, or nothing when the pointer has left. Server: `encodeCursors`. Never stored, dropped first. */
  cursor: "c",
  /** Client: a new name for this person; answered with a {@link Reply} of {@link Renamed}. */
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

/** The query of a client's handshake: without it, a connection is taken for one of the original example until it joins [W12]. */
export const BOARD_CLIENT_QUERY = { client: "crosspod" } as const;

export interface JoinRequest {
  readonly board: string;
  /** Who will send operations; a connection may send those of other clients too, whose pages were closed before they could. */
  readonly client: ClientId;
  /** Of the person, as others see it: 1 to {@link MAX_NAME_LENGTH} characters. */
  readonly name: string;
  /** What the client knows already; without it the reply has a snapshot. */
  readonly epoch?: string;
  readonly seq?: number;
}

export const MAX_NAME_LENGTH = 32;

/** How a client gets from what it knows to what the board is [W10]. */
export interface History {
  readonly epoch: string;
  /** The newest sequence number that is in here. */
  readonly seq: number;
  /** `encodeCommitted` of the operations past what the client knows … */
  readonly operations?: string;
  /** … or, when the log does not reach back that far or the epoch is another one, `encodeItems` of the whole board. */
  readonly items?: string;
}

export interface Joined extends History {
  readonly pod: string;
  readonly version: string;
  /** The client's own number of the newest operation of its that is on the board; 0 when there is none. */
  readonly n: number;
  /** A board's head is announced this often, at least: a connection that is silent for much longer is dead [W10]. */
  readonly headSeconds: number;
}

/** Every operation of the client up to this number is committed: it is stored, and no one can lose it any more [W6]. */
export interface Acknowledged {
  readonly n: number;
}

export interface Renamed {
  readonly name: string;
}

export interface Head {
  readonly epoch: string;
  readonly seq: number;
}

/** A person who is on the board now. */
export interface Person {
  /** Of the connection. */
  readonly id: string;
  readonly name: string;
}

/** All whom one pod has on a board. It is sent when that changes and every few seconds; a pod that was not heard from for {@link PEOPLE_TTL_SECONDS} has nobody [W11]. */
export interface People {
  readonly pod: string;
  readonly people: readonly Person[];
}

export const PEOPLE_TTL_SECONDS = 15;

/** Where somebody's pointer is, on the board's grid; without `x` and `y` it has left. */
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
