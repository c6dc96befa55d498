import { type BoardError, type ClientId, type ItemId, MAX_JOINED_CLIENTS, type Operation } from "@crosspod/protocol";
import { OutboxArchive } from "./outbox-archive.ts";
import { messageOf, type OutboxMessage } from "./outbox-message.ts";
import type { OutboxStorage } from "./outbox-storage.ts";
import type { PendingOperation } from "./pending-operation.ts";
import { refusedWith } from "./refusal.ts";

/** Points that are not sent yet travel as one operation up to this length: few operations, and still small ones. */
const MAX_MERGED_LENGTH = 2_000;

export interface OutboxOptions {
  readonly board: string;
  readonly storage: OutboxStorage;
  readonly newClientId: () => ClientId;
}

/**
 * Holds the operations of this page, and those that earlier pages left behind, until they are acknowledged [W6].
 * It numbers and stores them, and puts them into messages: one client's after the other's, the oldest first.
 */
export class Outbox {
  readonly #archive: OutboxArchive;
  readonly #newClientId: () => ClientId;
  /** What has a number, in the order in which it is sent: each client's together, and last what this page adds to. */
  #operations: readonly PendingOperation[] = [];
  /** What may still grow by the points that come next. It has no numbers yet, and is not stored. */
  #drafts: PendingOperation[] = [];
  #client: ClientId;
  #nextSeq = 1;
  #nextOrder = 1;
  /** The clients of which it is known what the store has: a join's reply said so, or they are new. */
  #confirmed: Set<ClientId>;

  constructor({ board, storage, newClientId }: OutboxOptions) {
    this.#archive = new OutboxArchive(storage, board);
    this.#newClientId = newClientId;
    this.#client = newClientId();
    this.#confirmed = new Set([this.#client]);
    this.#adopt();
  }

  /** The id that this page's next operations go under. */
  get client(): ClientId {
    return this.#client;
  }

  get operations(): readonly PendingOperation[] {
    return this.#operations;
  }

  /** Those of which a join is to say what the store has: this page's own first. */
  get clients(): ClientId[] {
    return [...this.#known].slice(0, MAX_JOINED_CLIENTS);
  }

  /** How many are not acknowledged. */
  get size(): number {
    return this.#operations.length + this.#drafts.length;
  }

  get hasDrafts(): boolean {
    return this.#drafts.length > 0;
  }

  /** Whether all of them, but for what is being drawn right now, would outlive this page. */
  get isKept(): boolean {
    return this.#archive.isKept(this.#operations);
  }

  /** Whether a join must say first what the store has of the client whose turn it is. */
  get needsJoin(): boolean {
    return !this.isConfirmed(this.#first);
  }

  isConfirmed(client: ClientId): boolean {
    return this.#confirmed.has(client);
  }

  find(client: ClientId, clientSeq: number): PendingOperation | undefined {
    return this.#operations.find((pending) => pending.clientSeq === clientSeq && pending.client === client);
  }

  /** Adds an operation; points that follow what is not sent yet become part of that, and nothing is returned. */
  add(operation: Operation): PendingOperation | undefined {
    if (operation.type === "append" && this.#merge(operation.id, operation.points)) return undefined;
    if (operation.type === "remove" || operation.type === "clear") this.freeze();
    const pending = { client: this.#client, clientSeq: 0, operation, order: this.#nextOrder++, isStored: false };
    this.#drafts.push(pending);
    return pending;
  }

  /** Numbers and stores what was still growing: it stays as it is, so that a page which finds it sends the same. */
  freeze(): void {
    for (const pending of this.#drafts) this.#number(pending, this.#client, this.#nextSeq++);
    this.#operations = [...this.#operations, ...this.#drafts];
    this.#drafts = [];
  }

  /** Whether there is something to send after a message that is under way. */
  hasAfter(last: OutboxMessage | undefined): boolean {
    return this.#after(last).length > 0 || (this.#first === this.#client && this.hasDrafts);
  }

  /** The message that follows the last one that is under way; undefined when there is nothing to send now. */
  messageAfter(last: OutboxMessage | undefined): OutboxMessage | undefined {
    if (this.#first === this.#client) this.freeze();
    return messageOf(this.#after(last));
  }

  /** Everything of the client up to a number is stored on the board's side. */
  acknowledge(client: ClientId, clientSeq: number): void {
    this.#remove(this.#of(client).filter((pending) => pending.clientSeq <= clientSeq));
  }

  /**
   * A join said what the store has of each client. Where it lacks what this page does not have any more, as in
   * another epoch, the rest goes under a new client id [W6]. Returns what another page has taken care of.
   */
  confirm(storedSeqs: ReadonlyMap<ClientId, number>): readonly PendingOperation[] {
    this.#confirmed = new Set(storedSeqs.keys());
    return [...storedSeqs].flatMap(([client, clientSeq]) => {
      this.acknowledge(client, clientSeq);
      const rest = this.#of(client);
      const firstSeq = rest[0]?.clientSeq ?? (client === this.#client ? this.#nextSeq : 0);
      return firstSeq > clientSeq + 1 ? this.#renumber(client, rest) : [];
    });
  }

  /** Drops an operation that is never taken, with what needs it, and renumbers the rest. Returns all that is gone. */
  refuse(client: ClientId, clientSeq: number, error: BoardError): readonly PendingOperation[] {
    this.freeze();
    const isLater = (pending: PendingOperation): boolean => pending.clientSeq >= clientSeq;
    const refused = this.#of(client).filter(isLater);
    if (refused[0]?.clientSeq !== clientSeq) return [];
    const dropped = refusedWith(refused, error);
    this.#remove(dropped);
    return [...dropped, ...this.#renumber(client, this.#of(client).filter(isLater))];
  }

  /** Whose turn it is: what comes later may build on what is not acknowledged yet. */
  get #first(): ClientId {
    return this.#operations[0]?.client ?? this.#client;
  }

  get #known(): Set<ClientId> {
    return new Set([this.#client, ...this.#operations.map(({ client }) => client)]);
  }

  #of(client: ClientId): readonly PendingOperation[] {
    return this.#operations.filter((pending) => pending.client === client);
  }

  /** What follows the last message that is under way, of the client whose turn it is. */
  #after(last: OutboxMessage | undefined): readonly PendingOperation[] {
    const sentSeq = last?.client === this.#first ? last.lastSeq : 0;
    return this.#of(this.#first).filter(({ clientSeq }) => clientSeq > sentSeq);
  }

  /** Makes points part of an operation on the same item that may still grow. */
  #merge(id: ItemId, points: string): boolean {
    const draft = this.#drafts.findLast(({ operation }) => "id" in operation && operation.id === id);
    if (!draft || !("points" in draft.operation)) return false;
    const { operation } = draft;
    if (operation.points.length + points.length > MAX_MERGED_LENGTH) return false;
    draft.operation = { ...operation, points: operation.points + points };
    return true;
  }

  /** Takes in what the storage has of clients that are not known here: what follows it here comes after it. */
  #adopt(): void {
    const adopted = this.#archive.loadBeside(this.#known);
    this.#nextOrder = Math.max(this.#nextOrder, ...adopted.map(({ order }) => order + 1));
    this.#operations = [...adopted, ...this.#operations];
  }

  #remove(removed: readonly PendingOperation[]): void {
    for (const { client, clientSeq } of removed) this.#archive.remove(client, clientSeq);
    const isRemoved = new Set(removed);
    this.#operations = this.#operations.filter((pending) => !isRemoved.has(pending));
  }

  /** Moves a client's last operations to a new client id. Returns what another page has moved already. */
  #renumber(client: ClientId, rest: readonly PendingOperation[]): readonly PendingOperation[] {
    const gone = this.#archive.missing(rest);
    const moved = rest.filter((pending) => !gone.includes(pending));
    const fresh = this.#newClientId();
    this.#confirmed.add(fresh);
    for (const [index, pending] of moved.entries()) this.#move(pending, fresh, index + 1);
    if (client === this.#client) {
      this.#client = fresh;
      this.#nextSeq = moved.length + 1;
    }
    this.#remove(gone);
    if (gone.length > 0) this.#adopt();
    return gone;
  }

  #move(pending: PendingOperation, to: ClientId, newSeq: number): void {
    const { client, clientSeq } = pending;
    // First the copy, then the original: a crash between the two may draw something twice, but loses nothing.
    this.#number(pending, to, newSeq);
    this.#archive.remove(client, clientSeq);
    if (!pending.isStored) this.#archive.put(pending);
  }

  #number(pending: PendingOperation, client: ClientId, clientSeq: number): void {
    pending.client = client;
    pending.clientSeq = clientSeq;
    this.#archive.put(pending);
  }
}
