import {
  type BoardError,
  type ClientId,
  encodeOperation,
  type ItemId,
  type Operation,
  parseOperation,
} from "@crosspod/protocol";
import { OutboxChain } from "./outbox-chain.ts";
import { fitIntoMessage, type OutboxMessage } from "./outbox-message.ts";
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

/** What became of operations when others got new numbers. */
export interface Renumbering {
  /** No longer pending under any number: refused, or taken care of by another page. */
  readonly gone: readonly PendingOperation[];
  /** What another page has moved, taken over from it. It may be on the board already. */
  readonly adopted: readonly PendingOperation[];
}

/**
 * Holds the operations of this page, and those that earlier pages left behind, until they are acknowledged [W6]. It gives them their numbers, keeps them in a storage,
 * and puts them into messages: the oldest first, those of one client complete before those of the next.
 */
export class Outbox {
  readonly #board: string;
  readonly #storage: OutboxStorage;
  readonly #newClientId: () => ClientId;
  #adopted: OutboxChain[] = [];
  #own: OutboxChain;
  /** What may still grow by the points that come next. It has no numbers yet, and is not stored. */
  #drafts: PendingOperation[] = [];
  #nextOrder = 1;
  #rebases = 0;

  constructor({ board, storage, newClientId }: OutboxOptions) {
    this.#board = board;
    this.#storage = storage;
    this.#newClientId = newClientId;
    this.#own = new OutboxChain(newClientId());
    this.#adopted = this.#adopt({ isDoubtful: false });
  }

  /** The id that this page's next operations go under. */
  get client(): ClientId {
    return this.#own.client;
  }

  /** How many are not acknowledged. */
  get size(): number {
    return this.#chains.reduce((size, { operations }) => size + operations.length, this.#drafts.length);
  }

  /** Counts how often operations had to go under a new client id. */
  get rebases(): number {
    return this.#rebases;
  }

  get hasDrafts(): boolean {
    return this.#drafts.length > 0;
  }

  /** Whether all of them, but for what is being drawn right now, would outlive this page. */
  get isKept(): boolean {
    return (
      this.#storage.outlivesPage && this.#chains.every(({ operations }) => operations.every(({ isStored }) => isStored))
    );
  }

  /** All that are not acknowledged, in their order. */
  get pending(): PendingOperation[] {
    return [...this.#chains.flatMap(({ operations }) => operations), ...this.#drafts];
  }

  /** Adds an operation; points that follow what is not sent yet become part of that, and nothing is returned. */
  add(operation: Operation): PendingOperation | undefined {
    if (operation.type === "append" && this.#merge(operation.id, operation.points)) return undefined;
    if (operation.type === "remove" || operation.type === "clear") this.seal();
    const pending: PendingOperation = {
      client: this.client,
      n: 0,
      operation,
      order: this.#nextOrder++,
      wasSent: false,
      isStored: false,
      acknowledgedAt: undefined,
      isDoubtful: false,
    };
    this.#drafts.push(pending);
    return pending;
  }

  /** Numbers and stores what was still growing. From here on it stays as it is, so that a page which finds it sends the same. */
  seal(): void {
    for (const pending of this.#drafts) {
      this.#own.push(pending);
      this.#store(pending);
    }
    this.#drafts = [];
  }

  /** Takes the operations for the next message, which are under way then; undefined when there is nothing to send now. */
  next(): OutboxMessage | undefined {
    const chain = this.#chains.find(({ operations }) => operations.length > 0) ?? this.#own;
    if (chain === this.#own) this.seal();
    if (chain.isBroken || !chain.hasUnsent) return undefined;
    const unsent = chain.unsent;
    const texts = fitIntoMessage(unsent);
    chain.markSent(texts.length);
    return { client: chain.client, firstN: unsent[0]?.n ?? 0, count: texts.length, text: texts.join(";") };
  }

  /** Whatever was under way is to be sent again. */
  rewind(): void {
    for (const chain of this.#chains) chain.rewind();
  }

  /** Everything of the client up to `n` is stored on the board's side. Returns what was not known to be. */
  acknowledge(client: ClientId, n: number): PendingOperation[] {
    const acknowledged = this.#chain(client)?.acknowledge(n) ?? [];
    for (const pending of acknowledged) this.#storage.remove(this.#board, pending.client, pending.n);
    this.#forgetEmptyChains();
    return acknowledged;
  }

  /** The store expects `next` of the client. False when that is not here any more; then nothing more is sent of this client until {@link rebaseBroken}. */
  resume(client: ClientId, next: number): boolean {
    const chain = this.#chain(client);
    const first = chain?.operations[0]?.n;
    if (!chain || first === undefined || first === next) return true;
    chain.isBroken = true;
    return false;
  }

  /** Drops an operation that will never be taken, with what cannot be without it, and numbers the rest anew. */
  refuse(client: ClientId, n: number, error: BoardError): Renumbering {
    const chain = this.#chain(client);
    const index = chain?.operations.findIndex((pending) => pending.n === n) ?? -1;
    if (!chain || index === -1) return { gone: [], adopted: [] };
    const isOwn = chain === this.#own;
    const dropped = new Set(refusedWith([...chain.operations.slice(index), ...(isOwn ? this.#drafts : [])], error));
    for (const pending of dropped) this.#unstore(pending);
    if (isOwn) this.#drafts = this.#drafts.filter((draft) => !dropped.has(draft));
    chain.drop(dropped);
    const { gone, adopted } = this.#rebase([chain]);
    return { gone: [...dropped, ...gone], adopted };
  }

  /** Puts what the store cannot go on with under new client ids. */
  rebaseBroken(): Renumbering {
    return this.#rebase(this.#chains.filter(({ isBroken }) => isBroken));
  }

  get #chains(): OutboxChain[] {
    return [...this.#adopted, this.#own];
  }

  #chain(client: ClientId): OutboxChain | undefined {
    return this.#chains.find((chain) => chain.client === client);
  }

  /** Takes in what the storage has of clients that are not known here, first of those that the others have followed. */
  #adopt({ isDoubtful }: { readonly isDoubtful: boolean }): OutboxChain[] {
    const known = new Set(this.#chains.map(({ client }) => client));
    const byClient = new Map<ClientId, PendingOperation[]>();
    for (const { client, n, order, text } of this.#storage.load(this.#board)) {
      if (known.has(client)) continue;
      const operation = parseOperation(text, client);
      if (!operation) {
        this.#storage.remove(this.#board, client, n);
        continue;
      }
      this.#nextOrder = Math.max(this.#nextOrder, order + 1);
      const left = {
        client,
        n,
        operation,
        order,
        wasSent: true,
        isStored: true,
        acknowledgedAt: undefined,
        isDoubtful,
      };
      const chain = byClient.get(client) ?? [];
      chain.push(left);
      byClient.set(client, chain);
    }
    return [...byClient]
      .sort(([, [a]], [, [b]]) => (a?.order ?? 0) - (b?.order ?? 0))
      .map(([client, operations]) => new OutboxChain(client, operations));
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

  /** Moves what is left of clients to new client ids, counted from 1 [W6]. */
  #rebase(chains: readonly OutboxChain[]): Renumbering {
    const gone = chains.flatMap((chain) => this.#rebaseOne(chain));
    // What another page has moved comes before what follows it here: it is sent from here too, and taken once.
    const adopted = gone.length > 0 ? this.#adopt({ isDoubtful: true }) : [];
    this.#adopted = [...adopted, ...this.#adopted];
    return { gone, adopted: adopted.flatMap(({ operations }) => operations) };
  }

  /** Returns what another page has taken care of meanwhile. */
  #rebaseOne(chain: OutboxChain): PendingOperation[] {
    const { mine, moved } = this.#unmoved(chain);
    this.#rebases += 1;
    const rebased = new OutboxChain(this.#newClientId());
    if (chain === this.#own) this.#own = rebased;
    else this.#adopted = this.#adopted.map((adopted) => (adopted === chain ? rebased : adopted));
    for (const pending of mine) {
      const { client, n } = pending;
      rebased.push(pending);
      pending.wasSent = false;
      pending.isDoubtful = false;
      this.#move(pending, client, n);
    }
    this.#forgetEmptyChains();
    return moved;
  }

  /** What two pages hold must not be moved by both of them: what is not in the storage any more has been moved, or acknowledged, by the other one. */
  #unmoved(chain: OutboxChain): { mine: PendingOperation[]; moved: PendingOperation[] } {
    const stored = new Set(this.#storage.load(this.#board).map(({ client, n }) => `${client}:${n}`));
    const isMine = ({ isStored, client, n }: PendingOperation) => !isStored || stored.has(`${client}:${n}`);
    return { mine: chain.operations.filter(isMine), moved: chain.operations.filter((pending) => !isMine(pending)) };
  }

  #move(pending: PendingOperation, fromClient: ClientId, fromN: number): void {
    // First the copy, then the original: a crash between the two may draw something twice, but loses nothing.
    this.#store(pending);
    this.#storage.remove(this.#board, fromClient, fromN);
    if (!pending.isStored) this.#store(pending);
  }

  #store(pending: PendingOperation): void {
    const { client, n, order, operation } = pending;
    try {
      this.#storage.put(this.#board, { client, n, order, text: encodeOperation(operation, client) });
      pending.isStored = true;
    } catch {
      // No room, or storage is forbidden: it is kept in memory, and the person is told.
      pending.isStored = false;
    }
  }

  #unstore(pending: PendingOperation): void {
    if (pending.n > 0) this.#storage.remove(this.#board, pending.client, pending.n);
  }

  #forgetEmptyChains(): void {
    this.#adopted = this.#adopted.filter(({ operations }) => operations.length > 0);
  }
}
