import { randomBytes } from "node:crypto";
import {
  BoardItems,
  type Change,
  type ClientId,
  encodeCommitted,
  encodeItems,
  type Head,
  type History,
  type NumberedOperation,
} from "@crosspod/protocol";
import { gapRefusal } from "./board-refusal.ts";
import type { Commit, Outcome, Submission } from "./board-store.ts";
import { ItemLimits } from "./item-limits.ts";
import { OperationLog } from "./operation-log.ts";
import { RecentClients } from "./recent-clients.ts";

/** How much of its past a board keeps. */
export interface MemoryBoardOptions {
  /** Most operations in the log; a client that missed more gets the whole board. */
  readonly logOperations: number;
  /** Most characters of operations in the log: it bounds what a few very long ones take. */
  readonly logCharacters: number;
  /** Most clients whose newest number is remembered; one that is forgotten has to start again under a new id. */
  readonly maxClients: number;
}

/** One board in the memory of this process: its items, the log of its newest operations, and the numbers of its clients. Its epoch is new with each object. */
export class MemoryBoard {
  readonly #epoch = randomBytes(6).toString("base64url");
  readonly #items = new BoardItems();
  readonly #limits = new ItemLimits(this.#items);
  readonly #log: OperationLog;
  readonly #clients: RecentClients;
  #snapshot: History | undefined;

  constructor({ logOperations, logCharacters, maxClients }: MemoryBoardOptions) {
    this.#log = new OperationLog({ maxOperations: logOperations, maxCharacters: logCharacters });
    this.#clients = new RecentClients(maxClients);
  }

  get head(): Head {
    return { epoch: this.#epoch, seq: this.#log.seq };
  }

  get isEmpty(): boolean {
    return this.#items.size === 0;
  }

  lastN(client: ClientId): number {
    return this.#clients.lastN(client);
  }

  commit(submissions: readonly Submission[]): Commit {
    const firstSeq = this.#log.seq + 1;
    const committed: NumberedOperation[] = [];
    const outcomes = submissions.map((submission) => this.#take(submission, committed));
    return { epoch: this.#epoch, firstSeq, committed, outcomes };
  }

  history(known?: Head): History {
    const operations = known?.epoch === this.#epoch ? this.#log.after(known.seq) : undefined;
    if (operations) return { ...this.head, operations: encodeCommitted(operations) };
    // Many ask for the same, after a restart: it is written once for as long as nothing new comes.
    if (this.#snapshot?.seq !== this.#log.seq) {
      this.#snapshot = { ...this.head, items: encodeItems(this.#items.inOrder()) };
    }
    return this.#snapshot;
  }

  /** Takes what can be taken of a submission, and adds that to `committed`. */
  #take({ client, firstN, operations }: Submission, committed: NumberedOperation[]): Outcome {
    let n = this.#clients.lastN(client);
    if (firstN > n + 1) return { n, repeats: 0, error: gapRefusal(firstN, n + 1) };
    const repeats = Math.min(operations.length, n + 1 - firstN);
    for (const operation of operations.slice(repeats)) {
      const refusal = this.#limits.refusal(operation);
      if (refusal) return { n, repeats, error: { ...refusal, n: n + 1 } };
      n += 1;
      this.#apply({ client, n, operation });
      committed.push({ client, n, operation });
    }
    return { n, repeats };
  }

  #apply(operation: NumberedOperation): Change {
    const change = this.#items.apply(operation.operation, this.#log.push(operation));
    this.#limits.changed(change);
    this.#clients.set(operation.client, operation.n);
    return change;
  }
}
