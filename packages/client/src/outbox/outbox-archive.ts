import { type ClientId, encodeOperation, parseOperation } from "@crosspod/protocol";
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
      // No room, or storage is forbidden: it stays in memory, and {@link isKept} is false.
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

  /** What other clients than these have left, client by client as they began. What cannot be read is removed. */
  loadBeside(known: ReadonlySet<ClientId>): PendingOperation[] {
    const byClient = new Map<ClientId, PendingOperation[]>();
    for (const { client, clientSeq, order, text } of this.#storage.load(this.#board)) {
      if (known.has(client)) continue;
      const operation = parseOperation(text, client);
      if (!operation) {
        this.remove(client, clientSeq);
        continue;
      }
      const operations = byClient.get(client) ?? [];
      operations.push({ client, clientSeq, operation, order, isStored: true });
      byClient.set(client, operations);
    }
    return [...byClient.values()].sort(([a], [b]) => (a?.order ?? 0) - (b?.order ?? 0)).flat();
  }
}
