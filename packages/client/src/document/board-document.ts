import {
  type AppendedOperation,
  type BoardError,
  BoardItems,
  type ClientId,
  countEntries,
  type Item,
  type Joined,
  type Operation,
  type Position,
  parseEntries,
  parseItems,
} from "@crosspod/protocol";
import { Outbox, type OutboxOptions } from "../outbox/outbox.ts";
import type { PendingOperation, RemovalListener } from "../outbox/pending-operation.ts";
import { OptimisticView } from "./optimistic-view.ts";

/**
 * What is known of a board: what its log has, what of one's own is pending, and the view of both. An operation leaves
 * the outbox when it came through the log and the store is safe up to it [W8].
 */
export class BoardDocument {
  readonly outbox: Outbox;
  readonly view: OptimisticView;
  #base = new BoardItems();
  #position: Position | undefined;
  /** One's own that came through the log, in its order, and may still be lost with the store. */
  #unsafe: AppendedOperation[] = [];

  constructor(options: OutboxOptions) {
    this.outbox = new Outbox(options);
    this.view = new OptimisticView(this.#base);
    this.#show(this.outbox.operations);
  }

  /** How far the board is known; undefined when only the whole of it would help. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** Adds an operation of one's own: it shows at once. `onRemoved` hears what it took away. */
  perform(operation: Operation, onRemoved?: RemovalListener): void {
    const pending = this.outbox.add(operation);
    if (!pending) return this.view.refresh(operation);
    pending.onRemoved = onRemoved;
    this.view.push(pending);
  }

  /** Takes the reply to a join of these clients [W10]; false when it cannot be read, or does not follow. */
  join(joined: Joined, clients: readonly ClientId[]): boolean {
    const { epoch, seq, token, clientSeqs } = joined;
    const firstSeq = seq - countEntries(joined.operations) + 1;
    const operations = parseEntries(joined.operations, firstSeq);
    const items = joined.items === undefined ? undefined : parseItems(joined.items);
    const isNext = this.#position?.epoch === epoch && this.#position.seq + 1 === firstSeq;
    const isReadable = joined.items === undefined ? isNext : items !== undefined;
    this.#position = undefined;
    if (!operations || !isReadable || clientSeqs.length !== clients.length) return false;
    const storedSeqs = new Map(clients.map((client, index) => [client, clientSeqs[index] ?? 0]));
    if (items) this.#replace(items, storedSeqs);
    for (const operation of operations) this.#see(operation);
    // What the board has is acknowledged; what it does not have is shown on top, also where a store had it and lost it.
    this.#unsafe = [];
    this.view.drop(this.outbox.confirm(storedSeqs));
    this.#show(this.outbox.operations.filter(({ client }) => this.outbox.isConfirmed(client)));
    this.#position = { epoch, seq, token };
    return true;
  }

  /** Takes what follows in the log, with its token. True when that, or `safe`, acknowledges something of one's own. */
  receive(operations: readonly AppendedOperation[], token: string | undefined, safe: number): boolean {
    for (const operation of operations) this.#see(operation);
    const last = this.#position;
    if (last) this.#position = { ...last, seq: last.seq + operations.length, token: token ?? last.token };
    const acknowledged = this.#unsafe.filter(({ seq }) => seq <= safe);
    this.#unsafe = this.#unsafe.slice(acknowledged.length);
    const newest = new Map(acknowledged.map(({ client, clientSeq }) => [client, clientSeq]));
    for (const [client, clientSeq] of newest) this.outbox.acknowledge(client, clientSeq);
    return newest.size > 0;
  }

  /** Drops an operation that will never be taken. Returns what is gone with it. */
  refuse(client: ClientId, clientSeq: number, error: BoardError): readonly PendingOperation[] {
    const gone = this.outbox.refuse(client, clientSeq, error);
    this.view.drop(gone);
    return gone;
  }

  #replace(items: readonly Item[], storedSeqs: ReadonlyMap<ClientId, number>): void {
    const isContained = ({ client, clientSeq }: PendingOperation): boolean =>
      clientSeq <= (storedSeqs.get(client) ?? 0);
    this.#base = new BoardItems(items);
    this.view.reset(this.#base, this.outbox.operations.filter(isContained));
  }

  #see(appended: AppendedOperation): void {
    const { client, clientSeq, operation, seq } = appended;
    const own = this.outbox.find(client, clientSeq);
    const { removed = [] } = this.#base.apply(operation, seq);
    this.view.apply(operation, own);
    if (!own) return;
    this.#unsafe.push(appended);
    own.onRemoved?.(removed);
    own.onRemoved = undefined;
  }

  #show(operations: readonly PendingOperation[]): void {
    for (const pending of operations) this.view.push(pending);
  }
}
