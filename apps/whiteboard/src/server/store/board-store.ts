import type { BoardError, BoardErrorCode, ClientId, Operation, Position } from "@crosspod/protocol";
import type { Batch, Reading } from "@crosspod/redis";

/** An operation, and the text of it that was parsed: what is valid is not written anew on its way. */
export interface ParsedOperation {
  readonly text: string;
  readonly operation: Operation;
}

/** Operations of one client, with consecutive numbers from `firstClientSeq`. */
export interface Submission {
  readonly client: ClientId;
  readonly firstClientSeq: number;
  readonly operations: readonly ParsedOperation[];
}

/** What became of a submission [W6]. */
export interface Outcome {
  /** The newest number of the client that is stored: everything up to it is. */
  readonly clientSeq: number;
  /** How many of its operations were stored before and are dropped now. */
  readonly repeats: number;
  /** Why its rest was not taken; `error.clientSeq` is the number of the first that was not. */
  readonly error?: BoardError;
}

export interface Appended {
  /** Where the board is now. */
  readonly position: Position;
  /** How many operations were taken. */
  readonly count: number;
  /** One for each submission, in their order. */
  readonly outcomes: readonly Outcome[];
}

/** What one append published: its operations as the log has them [W8]. */
export interface BoardBatch extends Batch {
  readonly text: string;
  /** The message that brought it, which an adapter understands; undefined for what was read. */
  readonly message?: Buffer;
}

/** What the store knows of the clients of a join and of what they missed, as of `position`. */
export interface JoinAnswer {
  readonly position: Position;
  /** For each client the newest number that is stored; 0 where there is none. */
  readonly clientSeqs: readonly number[];
  /** What follows the position that the client knows; undefined when the log does not lead there. */
  readonly operations?: string;
}

/** A whole board. */
export interface BoardSnapshot {
  readonly position: Position;
  /** `encodeItems` of all its items. */
  readonly items: string;
}

export interface BoardListener {
  /** Takes what was published. It can come twice, late or never. */
  readonly batch: (batch: BoardBatch) => void;
  /** From now on what is published comes; before, it may have been lost. Called again after each break. */
  readonly subscribed: () => void;
}

/**
 * Orders the operations of each board, takes each once, applies and publishes them, in one step. A board exists as soon
 * as it is named here [W2]; `seen` is how far this pod has followed it. Rejects with a {@link BoardStoreError}.
 */
export interface BoardStore {
  /**
   * Takes the submissions one after the other: numbers that it has are dropped; one that leaves a gap [W6], or passes
   * a limit [W9], ends its submission before it. All that is taken is stored and published, or nothing.
   */
  append(board: string, submissions: readonly Submission[], seen?: Position): Promise<Appended>;
  /** What follows `known`, or only where the board is, when nothing is known or the log does not lead there. */
  read(board: string, known?: Position): Promise<Reading<BoardBatch, Position>>;
  /** What a client that joins has to know. What it says that it knows decides only about its own answer. */
  join(board: string, clients: readonly ClientId[], known?: Position, seen?: Position): Promise<JoinAnswer>;
  snapshot(board: string, seen?: Position): Promise<BoardSnapshot>;
  /** Where the board is. It counts as used. */
  head(board: string, seen?: Position): Promise<Position>;
  /** Hears of each append from now on, until the function that comes back is called. */
  subscribe(board: string, listener: BoardListener): () => void;
}

/** Why a store did not do what it was asked for. */
export class BoardStoreError extends Error {
  override readonly name = "BoardStoreError";

  constructor(
    readonly code: Extract<BoardErrorCode, "unavailable" | "too-many-boards">,
    message: string,
    /** The limit that was passed, if it is one. */
    readonly limit?: number,
  ) {
    super(message);
  }
}

export const unavailable = (why: string): BoardStoreError => new BoardStoreError("unavailable", why);

export const tooManyBoards = (limit: number): BoardStoreError =>
  new BoardStoreError(
    "too-many-boards",
    `there are ${limit} boards already, which is the limit; use one of them`,
    limit,
  );

/** The error as a client gets it. */
export const toBoardError = ({ code, message, limit }: BoardStoreError): BoardError =>
  limit === undefined ? { code, detail: message } : { code, detail: message, limit };
