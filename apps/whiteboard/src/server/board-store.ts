import type {
  BoardError,
  BoardErrorCode,
  ClientId,
  Head,
  History,
  NumberedOperation,
  Operation,
} from "@crosspod/protocol";

/** Operations of one client, with consecutive numbers from `firstN`. */
export interface Submission {
  readonly client: ClientId;
  readonly firstN: number;
  readonly operations: readonly Operation[];
}

/** What became of a submission [W6]. */
export interface Outcome {
  /** The newest number of the client that is committed: everything up to it is stored. */
  readonly n: number;
  /** How many of its operations were stored before and are dropped now. */
  readonly repeats: number;
  /** Why its rest was not taken; `error.n` is the number of the first that was not. */
  readonly error?: BoardError;
}

/** What a board took of some submissions. */
export interface Commit {
  readonly epoch: string;
  /** The sequence number of the first of `committed`, or the next one when there is none. */
  readonly firstSeq: number;
  /** What was taken, in the board's order; the sequence numbers are consecutive [W7]. */
  readonly committed: readonly NumberedOperation[];
  /** One for each submission, in their order. */
  readonly outcomes: readonly Outcome[];
}

/** What a client that joins needs, as of one moment: the board, and how far its own operations have come. */
export interface Joining {
  readonly history: History;
  /** The newest number of the client that is committed; 0 when there is none. */
  readonly n: number;
}

/**
 * Keeps the boards: puts the operations of each in one order, takes each of them once, and remembers what they made. It is the seam between one process and several: whatever holds the
 * contract suite of this interface can stand behind the whiteboard. A board exists as soon as anything here names it [W2]. Every method rejects with a {@link BoardStoreError}.
 */
export interface BoardStore {
  /**
   * Takes the submissions one after the other [W6]: numbers that the board has already are dropped, one that leaves a gap, or that passes a limit [W9], ends its submission there: what is before it is taken,
   * what follows is not, and the client's number stays. Resolves when all that was taken is stored. All of it or nothing is, when it rejects.
   */
  commit(board: string, submissions: readonly Submission[]): Promise<Commit>;
  /** The operations past `known`, or the whole board when the log does not reach back, the epoch is another one or nothing is known [W10]. */
  history(board: string, known?: Head): Promise<History>;
  /** The history and the client's own number, both as of the same moment. */
  join(board: string, client: ClientId, known?: Head): Promise<Joining>;
  /** The board's epoch and its newest sequence number, 0 when nothing was ever drawn. */
  head(board: string): Promise<Head>;
  /** Lets go of what the store holds open. What is stored stays. */
  close(): Promise<void>;
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

/** The error as a client gets it. */
export const toBoardError = ({ code, message, limit }: BoardStoreError): BoardError =>
  limit === undefined ? { code, detail: message } : { code, detail: message, limit };

/** For what is tried again anyway: leaves alone what is not a {@link BoardStoreError}. */
export function ignoreStoreError(error: unknown): undefined {
  if (error instanceof BoardStoreError) return undefined;
  throw error;
}
