import { type ClientId, encodeOperation, parseOperation } from "@crosspod/protocol";
import { OutboxChain } from "./outbox-chain.ts";
import type { OutboxStorage } from "./outbox-storage.ts";
import type { PendingOperation } from "./pending-operation.ts";

/** What waits on one board, in the storage that several pages may have in common. */
export class OutboxArchive {
  readonly #storage: OutboxStorage;
  readonly #board: string;

  constructor(storage: OutboxStorage, board: string) {
    this.#storage = storage;
    this.#board = board;
  }

  /** Whether these would outlive this page. */
  isKept(operations: Iterable<PendingOperation>): boolean {
    return this.#storage.outlivesPage && [...operations].every(({ isStored }) => isStored);
  }

  put(pending: PendingOperation): void {
    const { client, clientSeq, order, operation } = pending;
    try {
      this.#storage.put(this.#board, { client, clientSeq, order, text: encodeOperation(operation, client) });
      pending.isStored = true;
    } catch {
      // No room, or storage is forbidden: it is kept in memory, and the person is told.
      pending.isStored = false;
    }
  }

  remove(client: ClientId, clientSeq: number): void {
    this.#storage.remove(this.#board, client, clientSeq);
  }

  /** Those that are not here any more: another page that had them, too, has moved them, or got them acknowledged. */
  missing(operations: readonly PendingOperation[]): PendingOperation[] {
    const stored = new Set(this.#storage.load(this.#board).map(({ client, clientSeq }) => `${client}:${clientSeq}`));
    return operations.filter(({ isStored, client, clientSeq }) => isStored && !stored.has(`${client}:${clientSeq}`));
  }

  /** What the other clients have left, in the order in which they began. What cannot be read is removed. */
  chainsBeside(known: ReadonlySet<ClientId>): OutboxChain[] {
    const byClient = new Map<ClientId, PendingOperation[]>();
    for (const { client, clientSeq, order, text } of this.#storage.load(this.#board)) {
      if (known.has(client)) continue;
      const operation = parseOperation(text, client);
      if (!operation) this.remove(client, clientSeq);
      else
        byClient.set(client, [
          ...(byClient.get(client) ?? []),
          { client, clientSeq, operation, order, isStored: true },
        ]);
    }
    return [...byClient]
      .sort(([, [a]], [, [b]]) => (a?.order ?? 0) - (b?.order ?? 0))
      .map(([client, operations]) => new OutboxChain(client, operations));
  }
}
