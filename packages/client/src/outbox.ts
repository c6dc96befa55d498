import { type BoardError, type ClientId, type ItemId, MAX_JOINED_CLIENTS, type Operation } from "@crosspod/protocol";
import { OutboxArchive } from "./outbox-archive.ts";
import { OutboxChain, type OutboxMessage } from "./outbox-chain.ts";
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
  /** All that come before those of this page. */
  #adopted: readonly OutboxChain[] = [];
  #own: OutboxChain;
  /** What may still grow by the points that come next. It has no numbers yet, and is not stored. */
  #drafts: PendingOperation[] = [];
  #nextOrder = 1;

  constructor({ board, storage, newClientId }: OutboxOptions) {
    this.#archive = new OutboxArchive(storage, board);
    this.#newClientId = newClientId;
    this.#own = new OutboxChain(newClientId());
    this.#adopt();
  }

  /** The id that this page's next operations go under. */
  get client(): ClientId {
    return this.#own.client;
  }

  /** What has a number, in the order in which it is sent. */
  get chains(): readonly OutboxChain[] {
    return [...this.#adopted, this.#own];
  }

  /** Those of which a join is to say what the store has: this page's own first. */
  get clients(): ClientId[] {
    return [this.#own, ...this.#adopted].slice(0, MAX_JOINED_CLIENTS).map(({ client }) => client);
  }

  /** How many are not acknowledged. */
  get size(): number {
    return this.chains.reduce((size, { operations }) => size + operations.length, this.#drafts.length);
  }

  get hasDrafts(): boolean {
    return this.#drafts.length > 0;
  }

  /** Whether all of them, but for what is being drawn right now, would outlive this page. */
  get isKept(): boolean {
    return this.#archive.isKept(this.chains.flatMap(({ operations }) => operations));
  }

  /** Whether a join must say first what the store has of the client whose turn it is. */
  get needsJoin(): boolean {
    return !this.#first.isTold;
  }

  find(client: ClientId, clientSeq: number): PendingOperation | undefined {
    return this.#chain(client)?.operations.find((pending) => pending.clientSeq === clientSeq);
  }

  /** Adds an operation; points that follow what is not sent yet become part of that, and nothing is returned. */
  add(operation: Operation): PendingOperation | undefined {
    if (operation.type === "append" && this.#merge(operation.id, operation.points)) return undefined;
    if (operation.type === "remove" || operation.type === "clear") this.freeze();
    const pending = { client: this.client, clientSeq: 0, operation, order: this.#nextOrder++, isStored: false };
    this.#drafts.push(pending);
    return pending;
  }

  /** Numbers and stores what was still growing: it stays as it is, so that a page which finds it sends the same. */
  freeze(): void {
    for (const pending of this.#drafts) this.#push(this.#own, pending);
    this.#drafts = [];
  }

  /** Whether there is something to send after a message that is under way. */
  hasAfter(last: OutboxMessage | undefined): boolean {
    const chain = this.#first;
    return chain.lastSeq > seqOf(last, chain) || (chain === this.#own && this.hasDrafts);
  }

  /** The message that follows the last one that is under way; undefined when there is nothing to send now. */
  messageAfter(last: OutboxMessage | undefined): OutboxMessage | undefined {
    const chain = this.#first;
    if (chain === this.#own) this.freeze();
    return chain.messageAfter(seqOf(last, chain));
  }

  /** Everything of the client up to a number is stored on the board's side. */
  acknowledge(client: ClientId, clientSeq: number): void {
    for (const pending of this.#chain(client)?.acknowledge(clientSeq) ?? [])
      this.#archive.remove(client, pending.clientSeq);
    this.#forgetEmptyChains();
  }

  /**
   * A join said what the store has of each client. Where it lacks what this page does not have any more, as in
   * another epoch, the rest goes under a new client id [W6]. Returns what another page has taken care of.
   */
  confirm(told: ReadonlyMap<ClientId, number>): readonly PendingOperation[] {
    return this.chains.flatMap((chain) => {
      const clientSeq = told.get(chain.client);
      chain.isTold = clientSeq !== undefined;
      if (clientSeq === undefined) return [];
      this.acknowledge(chain.client, clientSeq);
      return chain.firstSeq > clientSeq + 1 ? this.#renumber(chain, chain.firstSeq) : [];
    });
  }

  /** Drops an operation that is never taken, with what needs it, and renumbers the rest. Returns all that is gone. */
  refuse(client: ClientId, clientSeq: number, error: BoardError): readonly PendingOperation[] {
    this.freeze();
    const chain = this.#chain(client);
    const from = chain?.operations.findIndex((pending) => pending.clientSeq === clientSeq) ?? -1;
    if (!chain || from === -1) return [];
    const dropped = refusedWith(chain.operations.slice(from), error);
    for (const pending of dropped) this.#archive.remove(client, pending.clientSeq);
    return [...dropped, ...this.#renumber(chain, clientSeq, dropped)];
  }

  /** Whose turn it is: what comes later may build on what is not acknowledged yet. */
  get #first(): OutboxChain {
    return this.#adopted[0] ?? this.#own;
  }

  #chain(client: ClientId): OutboxChain | undefined {
    return this.chains.find((chain) => chain.client === client);
  }

  #push(chain: OutboxChain, pending: PendingOperation): void {
    chain.push(pending);
    this.#archive.put(pending);
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
    const chains = this.#archive.chainsBeside(new Set(this.chains.map(({ client }) => client)));
    const orders = chains.flatMap(({ operations }) => operations.map(({ order }) => order + 1));
    this.#nextOrder = Math.max(this.#nextOrder, ...orders);
    this.#adopted = [...chains, ...this.#adopted];
  }

  /** Moves a chain's operations from a number on to a new client id. Returns what another page has moved already. */
  #renumber(chain: OutboxChain, from: number, dropped: readonly PendingOperation[] = []): PendingOperation[] {
    const rest = chain.cut(from).filter((pending) => !dropped.includes(pending));
    const gone = this.#archive.missing(rest);
    const fresh = new OutboxChain(this.#newClientId());
    for (const pending of rest) if (!gone.includes(pending)) this.#move(pending, fresh);
    const chains = this.chains.flatMap((each) => (each === chain ? [chain, fresh] : [each]));
    this.#own = chains.at(-1) ?? fresh;
    this.#adopted = chains.slice(0, -1);
    this.#forgetEmptyChains();
    if (gone.length > 0) this.#adopt();
    return gone;
  }

  #move(pending: PendingOperation, to: OutboxChain): void {
    const { client, clientSeq } = pending;
    // First the copy, then the original: a crash between the two may draw something twice, but loses nothing.
    this.#push(to, pending);
    this.#archive.remove(client, clientSeq);
    if (!pending.isStored) this.#archive.put(pending);
  }

  #forgetEmptyChains(): void {
    this.#adopted = this.#adopted.filter(({ operations }) => operations.length > 0);
  }
}

/** How far a chain was sent, when this was the last message. */
const seqOf = (message: OutboxMessage | undefined, { client }: OutboxChain): number =>
  message?.client === client ? message.lastSeq : 0;
