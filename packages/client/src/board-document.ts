import {
  type BoardError,
  type ClientId,
  type CommittedOperation,
  type Head,
  type History,
  type Item,
  type Operation,
  parseCommitted,
  parseItems,
} from "@crosspod/protocol";
import { type AppliedOperation, BoardReplica } from "./board-replica.ts";
import { Outbox, type OutboxOptions, type Renumbering } from "./outbox.ts";
import { OverlaidView } from "./overlaid-view.ts";
import type { PendingOperation } from "./pending-operation.ts";

/** What was known when a history was asked for. */
export interface Question {
  readonly known: Head | undefined;
  /** How far the board had come, as far as anybody said. */
  readonly headSeq: number;
  /** Counts acknowledgements and questions. */
  readonly askedAt: number;
}

/** Hears what an operation of this page really took away, when it got its place in the board's order. */
export type RemovalListener = (removed: readonly Item[]) => void;

/**
 * All that is known of one board, on this side of the network: what is committed, what of one's own is not, and the view of both together.
 *
 * An operation leaves the outbox when it is acknowledged, and the view's overlay when it is seen in the board's order: so it is neither lost nor shown twice, whichever comes first.
 */
export class BoardDocument {
  readonly outbox: Outbox;
  readonly replica = new BoardReplica((applied) => this.#see(applied));
  readonly view: OverlaidView;
  /** Acknowledged, and not yet seen, by client and number. */
  readonly #unseen = new Map<string, PendingOperation>();
  readonly #removalListeners = new Map<PendingOperation, RemovalListener>();
  /** Counts acknowledgements and questions, so that it is known which of two came first. */
  #now = 0;

  constructor(options: OutboxOptions) {
    this.outbox = new Outbox(options);
    this.view = new OverlaidView(this.replica.items);
    for (const pending of this.outbox.pending) this.view.push(pending);
  }

  /** Adds an operation of one's own: it shows at once. `onRemoved` hears what it took away. */
  perform(operation: Operation, onRemoved?: RemovalListener): void {
    const pending = this.outbox.add(operation);
    if (!pending) return this.view.grow(operation);
    if (onRemoved) this.#removalListeners.set(pending, onRemoved);
    this.view.push(pending);
  }

  /** What to ask a history for. */
  ask(): Question {
    this.#now += 1;
    return { known: this.replica.known, headSeq: this.replica.headSeq, askedAt: this.#now };
  }

  /** Keeps operations until it is known what they follow. */
  keep(operations: readonly CommittedOperation[]): void {
    this.replica.keep(operations);
  }

  /** Takes operations from the board's order. */
  receive(operations: readonly CommittedOperation[]): void {
    this.replica.receive(operations);
  }

  /**
   * Takes the answer to a question; false when it cannot be read.
   *
   * @param ownN what the answer to a join says of this page's own operations: up to this number the answer has them.
   */
  take(history: History, { known, headSeq, askedAt }: Question, ownN = 0): boolean {
    this.acknowledge(this.outbox.client, ownN);
    const wasTaken =
      history.items === undefined
        ? this.#takeOperations(history, known)
        : this.#takeSnapshot(history, history.items, known, ownN);
    if (!wasTaken) return false;
    if (history.seq < headSeq) this.replica.correctHead(history.seq);
    this.#forgetContained(askedAt);
    return true;
  }

  /** Everything of the client up to `n` is committed [W6]. */
  acknowledge(client: ClientId, n: number): void {
    for (const pending of this.outbox.acknowledge(client, n)) {
      this.#now += 1;
      pending.acknowledgedAt = this.#now;
      this.#unseen.set(key(pending), pending);
    }
  }

  /** Whether there is something of which only another question can say whether the snapshot has it. */
  get hasDoubts(): boolean {
    return [...this.#unseen.values()].some(({ isDoubtful }) => isDoubtful);
  }

  /** Drops an operation that will never be taken. Returns what is dropped with it. */
  refuse(client: ClientId, n: number, error: BoardError): readonly PendingOperation[] {
    this.acknowledge(client, n - 1);
    return this.#renumber(() => this.outbox.refuse(client, n, error));
  }

  /** Sends under a new client id what the store cannot go on with under the old one. */
  rebaseBroken(): void {
    this.#renumber(() => this.outbox.rebaseBroken());
  }

  /** What goes under a new client id was not taken under the old one: there is no doubt about it any more. */
  #renumber(renumber: () => Renumbering): readonly PendingOperation[] {
    const doubtful = this.outbox.pending.filter(({ isDoubtful }) => isDoubtful);
    const { gone, adopted } = renumber();
    this.#drop(gone);
    this.view.refresh(doubtful.filter(({ isDoubtful }) => !isDoubtful));
    for (const pending of adopted) this.view.push(pending);
    return gone;
  }

  #takeOperations(history: History, known: Head | undefined): boolean {
    const operations = parseCommitted(history.operations ?? "", (known?.seq ?? 0) + 1);
    if (!operations || history.epoch !== this.replica.epoch) return false;
    this.replica.noteHead(history.seq);
    this.receive(operations);
    return true;
  }

  #takeSnapshot(history: History, text: string, known: Head | undefined, ownN: number): boolean {
    const isSame = history.epoch === this.replica.epoch && !this.replica.isContradicted;
    // What came meanwhile went further than this. A store that has less than was asked past has lost the rest.
    if (isSame && history.seq < this.replica.seq && (known?.seq ?? 0) <= history.seq) return true;
    const items = parseItems(text);
    if (!items) return false;
    const isOtherEpoch = this.replica.epoch !== undefined && history.epoch !== this.replica.epoch;
    if (isOtherEpoch) this.#beginEpoch();
    this.#doubt(ownN);
    this.replica.reset(history, items);
    this.view.reset(this.replica.items);
    this.replica.receive([]);
    return true;
  }

  /**
   * The board is another data set: what was acknowledged is gone. What was not is sent as it is. A store that does not know the client asks for its first number, and only then does it get a
   * new id: the store may have changed before anybody here knew, and have taken some of this already.
   */
  #beginEpoch(): void {
    this.#drop(this.#unseen.values());
    this.#unseen.clear();
  }

  /** A snapshot does not say which operations are in it: it may have any that was ever sent. */
  #doubt(ownN: number): void {
    const { client, pending } = this.outbox;
    for (const operation of [...this.#unseen.values(), ...pending]) operation.isDoubtful = operation.wasSent;
    for (const operation of this.#unseen.values()) {
      if (operation.client === client && operation.n <= ownN) this.#settle(operation);
    }
  }

  /** Operations that were acknowledged before the question was asked are in the board that the answer made. */
  #forgetContained(askedAt: number): void {
    for (const pending of this.#unseen.values()) {
      if (pending.acknowledgedAt !== undefined && pending.acknowledgedAt < askedAt) this.#settle(pending);
    }
  }

  #settle(pending: PendingOperation): void {
    this.#unseen.delete(key(pending));
    this.#drop([pending]);
  }

  #see(applied: AppliedOperation): void {
    const { client, n } = applied.committed;
    this.acknowledge(client, n);
    const own = this.#unseen.get(`${client}:${n}`);
    this.view.apply(applied, own);
    if (!own) return;
    this.#unseen.delete(key(own));
    this.#removalListeners.get(own)?.(applied.change.removed ?? []);
    this.#removalListeners.delete(own);
  }

  #drop(dropped: Iterable<PendingOperation>): void {
    const operations = [...dropped];
    for (const pending of operations) this.#removalListeners.delete(pending);
    this.view.drop(operations);
  }
}

const key = ({ client, n }: PendingOperation): string => `${client}:${n}`;
