import {
  BoardItems,
  type ClientId,
  encodeEntry,
  encodeItems,
  type Position,
  TOKEN_MARK,
  tokenOf,
} from "@crosspod/protocol";
import { gapRefusal } from "./board-refusal.ts";
import type { Appended, BoardBatch, BoardListener, Outcome, Submission } from "./board-store.ts";
import { DedupTable } from "./dedup-table.ts";
import { ItemLimits } from "./item-limits.ts";
import { OperationLog } from "./operation-log.ts";
import { newEpoch, newToken } from "./token.ts";

/** How much of its past a board keeps. */
export interface MemoryBoardOptions {
  /** Most operations in the log; a client that missed more gets the whole board. */
  readonly logOperations: number;
  /** Most characters of operations in the log: it bounds what a few very long ones take. */
  readonly logCharacters: number;
  /** Most clients whose newest number is remembered; one that is forgotten has to start again under a new id. */
  readonly maxClients: number;
}

/** One board in memory: its items, its log, and the numbers of its clients. Its epoch is new with each object. */
export class MemoryBoard {
  readonly listeners = new Set<BoardListener>();
  readonly #epoch = newEpoch();
  readonly #items = new BoardItems();
  readonly #limits = new ItemLimits(this.#items);
  readonly #log: OperationLog;
  readonly #clients: DedupTable;
  readonly #firstToken = newToken();
  #token = this.#firstToken;

  constructor({ logOperations, logCharacters, maxClients }: MemoryBoardOptions) {
    this.#log = new OperationLog({ maxEntries: logOperations, maxCharacters: logCharacters });
    this.#clients = new DedupTable(maxClients);
  }

  get position(): Position {
    return { epoch: this.#epoch, seq: this.#log.seq, token: this.#token };
  }

  get isEmpty(): boolean {
    return this.#items.size === 0;
  }

  clientSeq(client: ClientId): number {
    return this.#clients.get(client);
  }

  append(submissions: readonly Submission[]): Appended {
    const before = this.position;
    const entries: string[] = [];
    const outcomes = submissions.map((submission) => this.#take(submission, before.seq, entries));
    if (entries.length > 0) this.#publish(before, entries);
    return { position: this.position, count: entries.length, outcomes };
  }

  /** What follows a position; undefined when the log does not lead there. */
  after({ epoch, seq, token }: Position): string | undefined {
    if (epoch !== this.#epoch || token !== this.#tokenAt(seq)) return undefined;
    return this.#log.after(seq)?.join(";");
  }

  items(): string {
    return encodeItems(this.#items.inOrder());
  }

  #tokenAt(seq: number): string | undefined {
    if (seq === this.#log.seq) return this.#token;
    return seq === 0 ? this.#firstToken : tokenOf(this.#log.at(seq) ?? "");
  }

  /** Applies what can be taken of a submission, and adds that to `entries`. */
  #take({ client, firstClientSeq, operations }: Submission, seq: number, entries: string[]): Outcome {
    let clientSeq = this.#clients.get(client);
    if (firstClientSeq > clientSeq + 1) {
      return { clientSeq, repeats: 0, error: gapRefusal(firstClientSeq, clientSeq + 1) };
    }
    const repeats = Math.min(operations.length, clientSeq + 1 - firstClientSeq);
    for (const { operation, text } of operations.slice(repeats)) {
      const refusal = this.#limits.refusal(operation);
      if (refusal) return { clientSeq, repeats, error: { ...refusal, clientSeq: clientSeq + 1 } };
      clientSeq += 1;
      entries.push(encodeEntry(client, clientSeq, text));
      this.#limits.changed(this.#items.apply(operation, seq + entries.length));
      this.#clients.set(client, clientSeq);
    }
    return { clientSeq, repeats };
  }

  #publish(before: Position, entries: readonly string[]): void {
    this.#token = newToken();
    const text = entries.join(";") + TOKEN_MARK + this.#token;
    for (const entry of text.split(";")) this.#log.push(entry);
    const batch: BoardBatch = { ...this.position, previous: before.token, firstSeq: before.seq + 1, text };
    for (const listener of this.listeners) listener.batch(batch);
  }
}
