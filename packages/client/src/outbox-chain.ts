import type { ClientId } from "@crosspod/protocol";
import type { PendingOperation } from "./pending-operation.ts";

/** What one client has not got acknowledged: operations whose numbers go up, and how far they were sent. */
export class OutboxChain {
  readonly client: ClientId;
  #operations: PendingOperation[];
  #sent = 0;
  #nextN: number;
  /** The store expects a number that is not here any more: its rest has to go under another client id, once it is known why. */
  isBroken = false;

  constructor(client: ClientId, operations: readonly PendingOperation[] = []) {
    this.client = client;
    this.#operations = [...operations];
    this.#nextN = (operations.at(-1)?.n ?? 0) + 1;
  }

  get operations(): readonly PendingOperation[] {
    return this.#operations;
  }

  /** Those that are not under way. */
  get unsent(): readonly PendingOperation[] {
    return this.#operations.slice(this.#sent);
  }

  get hasUnsent(): boolean {
    return this.#sent < this.#operations.length;
  }

  /** Gives an operation the next number. */
  push(operation: PendingOperation): void {
    operation.client = this.client;
    operation.n = this.#nextN;
    this.#nextN += 1;
    this.#operations.push(operation);
  }

  /** The first `count` of those that are not under way are now. */
  markSent(count: number): void {
    for (const operation of this.#operations.slice(this.#sent, this.#sent + count)) operation.wasSent = true;
    this.#sent += count;
  }

  /** Nothing is under way any more: all of it is to be sent, from the oldest on. */
  rewind(): void {
    this.#sent = 0;
  }

  /** Takes out, and returns, what is acknowledged when all up to `n` is. */
  acknowledge(n: number): PendingOperation[] {
    const later = this.#operations.findIndex((operation) => operation.n > n);
    const count = later === -1 ? this.#operations.length : later;
    this.#sent = Math.max(0, this.#sent - count);
    return this.#operations.splice(0, count);
  }

  /** Takes out an operation with all that depend on it. */
  drop(dropped: ReadonlySet<PendingOperation>): void {
    this.#operations = this.#operations.filter((operation) => !dropped.has(operation));
    this.rewind();
  }
}
