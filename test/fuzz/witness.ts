import {
  BoardItems,
  type ClientId,
  type Item,
  type ItemId,
  type Joined,
  type NumberedOperation,
  parseEntries,
} from "@crosspod/protocol";
import { expect } from "vitest";
import { parseOperations } from "../helpers/board/operation-text.ts";

/** What the clients of a board have sent, and what they were told of it. */
export class Witness {
  /** By client and number. */
  readonly #sent = new Map<string, string>();
  /** The newest number that each client got acknowledged. */
  readonly #acknowledged = new Map<ClientId, number>();

  /** A client sends operations, or sends them again. */
  sees(client: ClientId, firstSeq: number, text: string): void {
    for (const [index, part] of text.split(";").entries()) this.#sent.set(`${client}:${firstSeq + index}`, part);
  }

  /** A client is told what the store has of some, in the reply to a join. */
  hearsJoined(clients: readonly ClientId[], { clientSeqs }: Joined): void {
    for (const [index, client] of clients.entries()) this.#acknowledge(client, clientSeqs[index] ?? 0);
  }

  /** A client is told what follows in the log, and up to where the store is safe. */
  hearsOperations(firstSeq: number, text: string, safe: number): void {
    for (const { client, clientSeq, seq } of parseEntries(text, firstSeq) ?? []) {
      if (seq <= safe) this.#acknowledge(client, clientSeq);
    }
  }

  /** What was is no more: the board is another one. */
  forget(): void {
    this.#sent.clear();
    this.#acknowledged.clear();
  }

  /** Those of a board's operations that nobody has sent. */
  unsent(log: readonly NumberedOperation[]): NumberedOperation[] {
    return log.filter(({ client, clientSeq }) => !this.#sent.has(`${client}:${clientSeq}`));
  }

  /** Expects a whole log to have every acknowledged operation once, as it was sent, and to make the board. */
  expectLog(log: readonly NumberedOperation[], board: readonly Item[]): void {
    const last = new Map<ClientId, number>();
    const items = new BoardItems();
    for (const [index, { client, clientSeq, operation }] of log.entries()) {
      expect(clientSeq, `the number of ${client}`).toBe((last.get(client) ?? 0) + 1);
      last.set(client, clientSeq);
      items.apply(operation, index + 1);
      const sent = this.#sent.get(`${client}:${clientSeq}`);
      if (sent !== undefined) expect(parseOperations(sent, client)).toEqual([operation]);
    }
    expect(items.inOrder()).toEqual(board);
    for (const [client, clientSeq] of this.#acknowledged) {
      expect(last.get(client) ?? 0, client).toBeGreaterThanOrEqual(clientSeq);
    }
  }

  #acknowledge(client: ClientId, clientSeq: number): void {
    this.#acknowledged.set(client, Math.max(clientSeq, this.#acknowledged.get(client) ?? 0));
  }
}

/** Which items somebody took away at some time. */
export function takenAway(log: readonly NumberedOperation[]): ReadonlySet<ItemId> {
  const ids = new Set<ItemId>();
  const items = new BoardItems();
  for (const [index, { operation }] of log.entries()) {
    if (operation.type === "remove") for (const id of operation.ids) ids.add(id);
    for (const { id } of items.apply(operation, index + 1).removed ?? []) ids.add(id);
  }
  return ids;
}
