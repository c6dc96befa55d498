import {
  BoardItems,
  type ClientId,
  type Item,
  type ItemId,
  type NumberedOperation,
  parseOperations,
  type Reply,
} from "@crosspod/protocol";
import { expect } from "vitest";

/** What the clients of a board have sent, and what they were told of it. */
export class Witness {
  /** By client and number. */
  readonly #sent = new Map<string, string>();
  /** The newest number that each client got acknowledged. */
  readonly #acknowledged = new Map<ClientId, number>();

  /** A client sends operations, or sends them again. */
  sees(client: ClientId, firstN: number, text: string): void {
    for (const [index, part] of text.split(";").entries()) this.#sent.set(`${client}:${firstN + index}`, part);
  }

  /** A client is told what became of them. */
  hears(client: ClientId, reply: Reply<{ readonly n: number }>): void {
    if (!("ok" in reply)) return;
    this.#acknowledged.set(client, Math.max(reply.ok.n, this.#acknowledged.get(client) ?? 0));
  }

  /** What was is no more: the board is another one. */
  forget(): void {
    this.#sent.clear();
    this.#acknowledged.clear();
  }

  /** Those of a board's operations that nobody has sent. */
  unsent(log: readonly NumberedOperation[]): NumberedOperation[] {
    return log.filter(({ client, n }) => !this.#sent.has(`${client}:${n}`));
  }

  /** Expects a board's log, from its beginning, to have every acknowledged operation once, as it was sent, and to make the board. */
  expectLog(log: readonly NumberedOperation[], board: readonly Item[]): void {
    const last = new Map<ClientId, number>();
    const items = new BoardItems();
    for (const [index, { client, n, operation }] of log.entries()) {
      expect(n, `the number of ${client}`).toBe((last.get(client) ?? 0) + 1);
      last.set(client, n);
      items.apply(operation, index + 1);
      const sent = this.#sent.get(`${client}:${n}`);
      if (sent !== undefined) expect(parseOperations(sent, client)).toEqual([operation]);
    }
    expect(items.inOrder()).toEqual(board);
    for (const [client, n] of this.#acknowledged) expect(last.get(client), client).toBeGreaterThanOrEqual(n);
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
