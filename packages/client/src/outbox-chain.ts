import { type ClientId, encodeOperation, MAX_MESSAGE_LENGTH, MAX_MESSAGE_OPERATIONS } from "@crosspod/protocol";
import type { PendingOperation } from "./pending-operation.ts";

/** Operations of one client for one message, with consecutive numbers. */
export interface OutboxMessage {
  readonly client: ClientId;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** `encodeOperations`. */
  readonly text: string;
}

/** What one client has not got acknowledged: operations whose numbers go up. */
export class OutboxChain {
  readonly client: ClientId;
  #operations: PendingOperation[];
  #nextSeq: number;
  /** Whether it is known what the store has of this client: a join's reply said so, or the client is new. */
  isTold: boolean;

  constructor(client: ClientId, operations: readonly PendingOperation[] = []) {
    this.client = client;
    this.#operations = [...operations];
    this.#nextSeq = (operations.at(-1)?.clientSeq ?? 0) + 1;
    this.isTold = operations.length === 0;
  }

  get operations(): readonly PendingOperation[] {
    return this.#operations;
  }

  /** The number that the store must expect, or have. */
  get firstSeq(): number {
    return this.#operations[0]?.clientSeq ?? this.#nextSeq;
  }

  /** The newest number that is here; 0 when there is none. */
  get lastSeq(): number {
    return this.#operations.at(-1)?.clientSeq ?? 0;
  }

  /** Gives an operation the next number. */
  push(operation: PendingOperation): void {
    operation.client = this.client;
    operation.clientSeq = this.#nextSeq;
    this.#nextSeq += 1;
    this.#operations.push(operation);
  }

  /** The message with the operations after a number, at least one; undefined when there are none. */
  messageAfter(seq: number): OutboxMessage | undefined {
    const start = this.#operations.findIndex(({ clientSeq }) => clientSeq > seq);
    if (start === -1) return undefined;
    const [first, ...rest] = this.#operations.slice(start, start + MAX_MESSAGE_OPERATIONS);
    if (!first) return undefined;
    const texts = [encodeOperation(first.operation, this.client)];
    let length = texts.join().length;
    for (const { operation, clientSeq } of rest) {
      const text = encodeOperation(operation, this.client);
      length += 1 + text.length;
      // A page that crashed may have left a hole.
      if (length > MAX_MESSAGE_LENGTH || clientSeq !== first.clientSeq + texts.length) break;
      texts.push(text);
    }
    const { clientSeq: firstSeq } = first;
    return { client: this.client, firstSeq, lastSeq: firstSeq + texts.length - 1, text: texts.join(";") };
  }

  /** Takes out, and returns, what is acknowledged when all up to a number is. */
  acknowledge(clientSeq: number): readonly PendingOperation[] {
    const acknowledged = this.#operations.filter((operation) => operation.clientSeq <= clientSeq);
    this.#operations = this.#operations.slice(acknowledged.length);
    return acknowledged;
  }

  /** Keeps what is before this number, and returns the rest. */
  cut(clientSeq: number): readonly PendingOperation[] {
    const kept = this.#operations.filter((operation) => operation.clientSeq < clientSeq);
    const rest = this.#operations.slice(kept.length);
    this.#operations = kept;
    return rest;
  }
}
