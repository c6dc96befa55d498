import { BoardItems, type Change, type CommittedOperation, type Head, type Item } from "@crosspod/protocol";

/** Operations that came before those that they follow; past this many, what is missing is asked for anyway and brings these along. */
const MAX_EARLY_OPERATIONS = 2_000;
/** How many of the newest operations are remembered by who made them, to notice a board that is not the one that is known. */
const REMEMBERED_OPERATIONS = 500;

/** An operation, and what it did to the board. */
export interface AppliedOperation {
  readonly committed: CommittedOperation;
  readonly change: Change;
}

/**
 * The board as it is committed: applies each operation once, in the order of the sequence numbers, whatever the order in which they come [W7]. It knows when some are missing.
 */
export class BoardReplica {
  #items = new BoardItems();
  #epoch: string | undefined;
  #seq = 0;
  /** The newest sequence number that there is, as far as anybody said. */
  #headSeq = 0;
  #isContradicted = false;
  readonly #early = new Map<number, CommittedOperation>();
  /** Who made the newest operations, by sequence number. */
  readonly #recent = new Map<number, string>();
  readonly #onApplied: (applied: AppliedOperation) => void;

  /** @param onApplied hears each operation as soon as it is applied. */
  constructor(onApplied: (applied: AppliedOperation) => void) {
    this.#onApplied = onApplied;
  }

  get items(): BoardItems {
    return this.#items;
  }

  /** What is known of the board; undefined before the first snapshot. */
  get known(): Head | undefined {
    return this.#epoch === undefined || this.#isContradicted ? undefined : { epoch: this.#epoch, seq: this.#seq };
  }

  get seq(): number {
    return this.#seq;
  }

  get epoch(): string | undefined {
    return this.#epoch;
  }

  /** Whether there are operations that did not come. */
  get isBehind(): boolean {
    return this.#seq < this.#headSeq;
  }

  /** Whether the sequence that is known turned out to be another board's: only a snapshot helps. */
  get isContradicted(): boolean {
    return this.#isContradicted;
  }

  /** Somebody says that the board has come to `seq`. */
  noteHead(seq: number): void {
    this.#headSeq = Math.max(this.#headSeq, seq);
  }

  /** How far the board has come, as far as anybody said. */
  get headSeq(): number {
    return this.#headSeq;
  }

  /** The store says that the board has only come to `seq`: whoever said more spoke of another board. */
  correctHead(seq: number): void {
    this.#early.clear();
    this.#headSeq = Math.max(seq, this.#seq);
  }

  /** Keeps operations for later: whether they follow what is known is not clear before the board's history has come. */
  keep(operations: readonly CommittedOperation[]): void {
    for (const operation of operations) this.#keep(operation);
  }

  /** Takes operations as they come, and applies those that follow what is known, with what came early. */
  receive(operations: readonly CommittedOperation[]): void {
    for (const operation of operations) {
      if (!this.#isNew(operation)) continue;
      if (operation.seq === this.#seq + 1) this.#apply(operation);
      else this.#keep(operation);
    }
    this.#applyEarly();
  }

  /** Takes a snapshot. What came early stays, for {@link receive} to apply. */
  reset({ epoch, seq }: Head, items: readonly Item[]): void {
    const isOther = this.#epoch !== undefined && this.#epoch !== epoch;
    if (isOther || this.#isContradicted) this.#early.clear();
    this.#recent.clear();
    this.#isContradicted = false;
    this.#items = new BoardItems(items);
    this.#epoch = epoch;
    this.#seq = seq;
    this.#headSeq = Math.max(seq, ...this.#early.keys());
  }

  #keep(operation: CommittedOperation): void {
    this.noteHead(operation.seq);
    if (this.#early.size < MAX_EARLY_OPERATIONS) this.#early.set(operation.seq, operation);
  }

  #isNew(operation: CommittedOperation): boolean {
    if (operation.seq > this.#seq) return true;
    const known = this.#recent.get(operation.seq);
    if (known !== undefined && known !== author(operation)) this.#isContradicted = true;
    return false;
  }

  #applyEarly(): void {
    for (let next = this.#early.get(this.#seq + 1); next; next = this.#early.get(this.#seq + 1)) this.#apply(next);
    for (const seq of this.#early.keys()) if (seq <= this.#seq) this.#early.delete(seq);
  }

  #apply(committed: CommittedOperation): void {
    this.#seq = committed.seq;
    this.noteHead(committed.seq);
    this.#recent.set(committed.seq, author(committed));
    this.#recent.delete(committed.seq - REMEMBERED_OPERATIONS);
    this.#onApplied({ committed, change: this.#items.apply(committed.operation, committed.seq) });
  }
}

const author = ({ client, n }: CommittedOperation): string => `${client}:${n}`;
